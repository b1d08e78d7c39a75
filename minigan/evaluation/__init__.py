"""Measures of a generator, where a look at its samples is not enough.

No measure sees everything, so they are used together, each beside what real data and noise would
get. Functions of samples and data, a file each:

parzen.py       how likely held-out data are under a density drawn around the samples
scores.py       how sure a classifier is about each sample, and how varied about all
frechet.py      how far apart two clouds of features are, by their means and covariances
prdc.py         precision, recall, density, coverage: who lies among whose neighbours
mmd.py          whether two samples have the same mean in the space of a kernel
two_sample.py   whether the nearest neighbour tells data from samples
histogram.py    how often each class is made
training_set.py who learns from labelled samples alone, how wrong is he about data?
neighbours.py   what in the training data a sample is most like
modes.py        mixtures whose modes are known: how many are found, how well, how evenly
classifier.py   the network whose features stand for an image
features.py     that network, trained: the two in the package, or one of your own
distances.py    all distances between two sets, a block at a time

and what makes a table of a run with them (`minigan evaluate`):

parts.py        which of the run's data play which part
sides.py        what is compared with what: samples, other real data, noise
measures.py     the lines of the table; lines.py has their words
ladder.py       what stand-ins for samples would get
evaluate.py     a run, measured; report.py prints it, in_short.py says the main things
"""
