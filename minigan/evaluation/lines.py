"""The lines of the table in words: what each number says, and what it does not.

Written for somebody who has never evaluated a GAN. The long version is docs/evaluation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

HIGHER, LOWER, AS_REAL = "higher", "lower", "as real"


@dataclass(frozen=True)
class Line:
    """A line of the table.

    **Parameters**  key: in JSON; name; best: which way is good; tells, cannot: what the number says
    and what it does not.
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
    "how likely held-out data are under a density drawn around the samples, in nats; the number "
    "of the 2014 paper.",
    "rank good generators: smooth prototypes beat real data (the ladder below).",
)
SCORE = Line(
    "score",
    "classifier score",
    HIGHER,
    "whether each sample looks like one class, and all classes come; 1 to the number of classes.",
    "variety within a class: ten images, a thousand times each, score as well as data.",
)
FRECHET = Line(
    "frechet",
    "Fréchet distance",
    LOWER,
    "how far the mean and the spread of the samples are from those of data; blur, noise and "
    "missing variety all raise it.",
    "which of these it is, or copies. It compares by one network and one n only.",
)
PRECISION = Line(
    "precision",
    "precision",
    AS_REAL,
    "the share of samples that lie among data: do samples look right?",
    "variety: one perfect image, made for ever, has a high precision.",
)
RECALL = Line(
    "recall",
    "recall",
    AS_REAL,
    "the share of data that lie among samples: is everything made that there is?",
    "quality: scattered samples surround data without being like them.",
)
DENSITY = Line(
    "density",
    "density",
    AS_REAL,
    "as precision, but counting how many data are around each sample; 1 is as dense as data.",
    "variety. Above 1 the samples crowd where data are densest: too typical.",
)
COVERAGE = Line(
    "coverage",
    "coverage",
    AS_REAL,
    "the share of data that have a sample among their nearest neighbours; a far-off sample does "
    "not help.",
    "whether the other samples are any good.",
)
MMD_CUBIC = Line(
    "mmd_cubic",
    "MMD², cubic kernel",
    LOWER,
    "whether mean, spread and skew of the samples are those of data; without bias, so that it is "
    "fair with few samples.",
    "what differs. Around 0, also below, is no difference.",
)
MMD_RBF = Line(
    "mmd_rbf",
    "MMD², RBF kernel",
    LOWER,
    "whether two sets differ at all, with no network in between.",
    "whether it matters: in pixels a little noise counts for more than a missing digit.",
)
NN_DATA = Line(
    "one_nn_data",
    "1-NN accuracy, data",
    AS_REAL,
    "how often the nearest neighbour of a datum is a datum, with as many samples among them: "
    "near 1 where samples leave data alone.",
    "how large the difference is; near 1 for many good generators, too.",
)
NN_SAMPLES = Line(
    "one_nn_samples",
    "1-NN accuracy, samples",
    AS_REAL,
    "how often the nearest neighbour of a sample is a sample: near 1 where samples are like each "
    "other and not like data.",
    "anything without the line above: their mean can be a perfect 0.5 where both are bad.",
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
    "how unevenly the classes are made; 0 is as in the data, 2.3 is one class of ten only.",
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
    "the share of samples within 3 standard deviations of a mode; in the plane 0.989 is perfect.",
    "whether all modes are made.",
)
MODE_KL = Line(
    "mode_kl",
    "reverse KL of modes",
    LOWER,
    "how unevenly the modes are made; 0 is even, log(number of modes) is one mode only.",
    "whether samples lie on their mode.",
)
TO_TRAINING = Line(
    "to_training",
    "to nearest training",
    AS_REAL,
    "the median distance of a sample to the nearest training example; far below that of new real "
    "data, G copies what it has seen.",
    "that it does not copy: an image moved by a pixel is far away. And blur is near to everything.",
)
