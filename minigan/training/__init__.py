"""What surrounds Algorithm 1 in a run: folder, log, pictures, checkpoints, the way back in.

In reading order: `run` (the loop), `session` (how a run begins and goes on), `game` (everything
that a checkpoint must hold), `watch` (losses, norms, NaN), `gauge` and `best` (how good the samples
are, and the best so far), and what they use: `folder`, `source`, `log`, `progress`, `interrupt`,
`frames`, `filming`, `units`, `sampling`, `outcome`. `classifier` trains the network that samples
are judged by.
"""

from minigan.training.classifier import train_classifier
from minigan.training.filming import film
from minigan.training.folder import RunError
from minigan.training.outcome import Run
from minigan.training.run import train
from minigan.training.sampling import load_generator, sample
from minigan.training.watch import NonFiniteError

__all__ = [
    "NonFiniteError",
    "Run",
    "RunError",
    "film",
    "load_generator",
    "sample",
    "train",
    "train_classifier",
]
