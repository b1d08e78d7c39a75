"""How fast is it, and where does the time go? Training steps timed, layer by layer if asked.

run.py       each network in a process of its own, so that its peak memory is its own
game.py      the step that is timed
measure.py   what one process measures: milliseconds, arithmetic, memory
flops.py     how much arithmetic a layer is
meter.py     a clock at every layer
machine.py   what a number must be read with: processor, versions, threads, GEMM rate
tables.py    the rows as text
"""

from minigan.bench.run import bench

__all__ = ["bench"]
