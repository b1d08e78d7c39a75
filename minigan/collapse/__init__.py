"""Mode collapse measured: the ring and the grid, several ways to train, several seeds.

rows.py       what is compared, a line each, and what was reported for it
protocol.py   the networks and settings, in full and small enough for a laptop
game.py       one row with one seed: trained, sampled, measured
pool.py       many of them, in several processes
results.py    the file that they are kept in, so that none is played twice
run.py        all of it: estimate, play what is missing, table, pictures
progress.py   what a person sees meanwhile
table.py      means and standard errors over the seeds
picture.py    the samples of one seed, and the numbers of all

In Python: `from minigan.collapse.run import collapse`. (It is not imported here: the command line
reads the names of the rows at each start, and need not wait for the rest.)
"""
