"""The lines of the table in words: what each number says, and what it does not.

Written for somebody who has never evaluated a GAN. The long version is docs/evaluation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

HIGHER, LOWER, AS_REAL = "higher", "lower", "as real data"


@dataclass(frozen=True)
class Line:
    """A line of the table.

    **Parameters**  key: in JSON; name; best: which way is good; tells, cannot: what the number says
    and what it does not, as the rests of "Tells …" and "Cannot tell …", a line of the table each.
    """

    key: str
    name: str
    best: str
    tells: str
    cannot: str


PARZEN = Line(
    "parzen",
    "Parzen log-likelihood",
    HIGHER,
    "how likely unseen data are if each sample is blurred into a small cloud, in nats.",
    "which of two good Gs is better: smooth prototypes beat real data (see the ladder).",
)
SCORE = Line(
    "score",
    "classifier score",
    HIGHER,
    "whether each sample looks like one class and all classes come; at most their number.",
    "variety within a class: ten images, each made a thousand times, score like data.",
)
FRECHET = Line(
    "frechet",
    "Fréchet distance",
    LOWER,
    "how far samples are from data in mean and spread: blur, noise, too little variety.",
    "which of these it is, nor copies. Compare it only at equal n, by the same network.",
)
PRECISION = Line(
    "precision",
    "precision",
    AS_REAL,
    "the share of samples that lie among data: do they look right?",
    "variety: one perfect image, made for ever, has a high precision.",
)
RECALL = Line(
    "recall",
    "recall",
    AS_REAL,
    "the share of data that lie among samples: is everything made that there is?",
    "quality: scattered samples surround the data without being like them.",
)
DENSITY = Line(
    "density",
    "density",
    AS_REAL,
    "how many data lie around a sample; 1: as around data, above: samples too typical.",
    "variety, as precision.",
)
COVERAGE = Line(
    "coverage",
    "coverage",
    AS_REAL,
    "the share of data with a sample among their neighbours: far-off samples do not help.",
    "whether the other samples are any good.",
)
MMD_CUBIC = Line(
    "mmd_cubic",
    "MMD², cubic kernel",
    LOWER,
    "whether mean, spread and lopsidedness are those of data, also from few samples.",
    "what differs. Around 0, above or below, is no difference.",
)
MMD_RBF = Line(
    "mmd_rbf",
    "MMD², RBF kernel",
    LOWER,
    "whether two sets differ at all, with no network in between.",
    "whether it matters: in pixels some noise counts for more than a missing digit.",
)
NN_DATA = Line(
    "one_nn_data",
    "1-NN accuracy, data",
    AS_REAL,
    "the share of data whose nearest neighbour is data; 1: no samples come near data.",
    "how large the difference is: near 1 for many good Gs, too.",
)
NN_SAMPLES = Line(
    "one_nn_samples",
    "1-NN accuracy, samples",
    AS_REAL,
    "the share of samples whose nearest neighbour is a sample; 1: all can be told apart.",
    "anything alone: with the line above at 1 and this at 0, their mean is a perfect 0.5.",
)
CLASSES = Line(
    "classes",
    "classes found",
    HIGHER,
    "how many classes have at least one sample.",
    "how often: one sample that is mistaken for a 7 makes the 7 found. See the next line.",
)
CLASS_KL = Line(
    "class_kl",
    "reverse KL of classes",
    LOWER,
    "how unevenly classes are made, in nats; 0: as in the data, 2.3: one class of ten.",
    "anything within a class.",
)
MODES = Line(
    "modes",
    "modes found",
    HIGHER,
    "how many modes have a sample within 3 standard deviations.",
    "how often: one sample is enough. See the reverse KL.",
)
HIGH_QUALITY = Line(
    "high_quality",
    "high quality",
    AS_REAL,
    "the share of samples within 3 standard deviations of a mode; 0.989 is perfect.",
    "whether all modes are made.",
)
MODE_KL = Line(
    "mode_kl",
    "reverse KL of modes",
    LOWER,
    "how unevenly modes are made; 0: even, log(number of modes): one mode.",
    "whether samples lie on their mode.",
)
LABEL_ERROR = Line(
    "label_error",
    "error as training set",
    AS_REAL,
    "the share of test data that are named wrong by the label of the nearest sample.",
    "how samples look: smooth prototypes with the right label teach well.",
)
TO_TRAINING = Line(
    "to_training",
    "to nearest training",
    AS_REAL,
    "the median distance to the nearest training example; far below real data's: copies.",
    "that there are no copies: moved by a pixel they are far. Blur is near to everything.",
)
