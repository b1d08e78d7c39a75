"""How good a run's samples are while it trains: the measures that cost a second, not a minute.

    frechet        Fréchet distance between samples and real examples; lower is better
    score          images: classifier score
    classes        images: how many classes the samples have
    class_kl       images: reverse KL of their shares to the real ones, in nats
    high_quality   the ring, the grid: share of the samples within 3σ of a mode

Images are compared in the features of the network that fits them (evaluation/judge.py), vectors as
the networks see them. z is the same at every step, and so are the real examples: two numbers of a
run differ because G does. They are drawn from streams of their own, so that looking does not change
the run.

What is compared with, the first of these that there is:

    what --hold-out keeps out of training
    the test part           then the test part chooses when to stop: a result that is reported on it
                            flatters the run
    the training examples   a G that has learned them by heart looks best

A distance of 2,000 samples is larger than one of 10,000 (evaluation/frechet.py says why). It
compares with others of its run, not with those of `minigan evaluate`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.backend import Random, to_host
from minigan.data import TOYS, Dataset
from minigan.evaluation import modes
from minigan.evaluation.frechet import frechet_of_moments, moments
from minigan.evaluation.histogram import class_histogram
from minigan.evaluation.judge import DATA, Judge, NoJudge, choose_judge
from minigan.evaluation.scores import classifier_score
from minigan.replay import memory
from minigan.training.folder import Config, RunError
from minigan.training.game import Game
from minigan.training.log import Row
from minigan.training.source import reopen_part
from minigan.training.units import unpadded

COUNT = 2000  # samples, and real examples at most
FEWEST = 100  # real examples
CHUNK = 125  # samples that G makes at once: whole chunks, as in sampling.py
WIDEST = 512  # columns of vectors up to which a covariance is taken


class Gauge:
    """The measures of one run, taken of G as it is.

    **Parameters**  config, with evaluate_every of 1 or more; game: the run's.

    **Raises**  RunError for what cannot be measured: images without a network, long vectors, fewer
    than 100 real examples, and a run that ends before its first evaluation; DataError.
    """

    def __init__(self, config: Config, game: Game) -> None:
        if config.evaluate_every > config.steps:
            raise RunError(
                f"evaluate_every is {config.evaluate_every}, but the run has {config.steps} steps: "
                f"nothing would be evaluated; say {config.steps} at most, or more steps."
            )
        self.every, self.game = config.evaluate_every, game
        self._judge = _judge(config, game.dataset)
        self._toy = TOYS.get(str(config.data["spec"]))
        self.columns: tuple[str, ...] = ("frechet",)
        if self._judge is not None:
            self.columns += ("score", "classes", "class_kl")
        elif self._toy is not None and len(self._toy.modes) > 1:
            self.columns += ("high_quality",)
        dataset, self.others, self.note = _compared_with(config, game.dataset)
        if len(dataset) < FEWEST:
            raise RunError(
                f"evaluate_every is {self.every}, but there are only {len(dataset)} {self.others}; "
                f"{FEWEST} are needed to compare samples with. Leave it out, or give more data."
            )
        rng = Random(config.seed, config.device).child("evaluation")
        rows = rng.child("data").permutation(len(dataset))[:COUNT]
        real = self._points(dataset.x[rows])
        self.n, self._moments = len(rows), moments(real)
        self._probabilities = self._classes(dataset.x[rows])
        self._z = game.model.noise(rng.child("noise"), game.units.counts or [])(COUNT)

    def __str__(self) -> str:
        return (
            f"every {self.every:,} steps: Fréchet distance of {COUNT:,} samples to {self.n:,} "
            f"{self.others}; the best is kept{self.note}"
        )

    def measure(self) -> Row:
        """The numbers of this moment, by column; NaN where a sample is not finite."""
        samples = self._samples()
        if not np.isfinite(samples).all():
            return dict.fromkeys(self.columns, math.nan)
        row: Row = {"frechet": frechet_of_moments(moments(self._points(samples)), self._moments)}
        if self._judge is not None:
            p = self._classes(samples)
            found = class_histogram(p, self._probabilities)
            row |= {"score": classifier_score(p).mean}
            row |= {"classes": found.classes, "class_kl": found.reverse_kl}
        elif self._toy is not None:
            row["high_quality"] = modes.measure(samples, self._toy).high_quality
        return {name: row[name] for name in self.columns}

    def _samples(self) -> Any:
        """Samples in the units and the shape of the data, made as `minigan sample` makes them."""
        game = self.game
        put_back = memory(game.G)  # training mode draws dropout masks and moves running averages
        outputs = [
            to_host(game.G(self._z[i : i + CHUNK], train=game.model.sample_train))
            for i in range(0, COUNT, CHUNK)
        ]
        put_back()
        values = game.units.values(np.concatenate(outputs))
        return unpadded(values, game.dataset.shape)

    def _points(self, x: Any) -> Any:
        """Examples in the units of the data as rows between which distances are taken."""
        if self._judge is None:
            return self.game.units.standardised(x)
        return to_host(self._judge.features(self._light(x)))

    def _classes(self, x: Any) -> Any:
        """What the network takes images for, (n, classes); None without one."""
        return None if self._judge is None else to_host(self._judge.probabilities(self._light(x)))

    def _light(self, x: Any) -> Any:
        return np.asarray(x, dtype=np.float32) / np.float32(self.game.dataset.top)


def open_gauge(config: Config, game: Game) -> Gauge | None:
    """The gauge of a run that asks for one.

    **Raises**  as `Gauge`.
    """
    return Gauge(config, game) if config.evaluate_every else None


def _judge(config: Config, dataset: Dataset) -> Judge | None:
    """The network for images; vectors need none."""
    if dataset.kind == "vectors":
        width = math.prod(dataset.shape)
        if width > WIDEST:
            raise RunError(
                f"evaluate_every is {config.evaluate_every}, but vectors of {width:,} numbers are "
                f"too long to be compared while a run trains ({WIDEST} at most): leave it out."
            )
        return None
    try:
        spec = config.data["spec"]
        return choose_judge(spec, dataset.kind, dataset.shape, None, config.device)
    except NoJudge as error:
        raise RunError(
            f"evaluate_every is {config.evaluate_every}, but {dataset.name} cannot be measured "
            f"while a run trains ({error}); {', '.join(DATA)} and vectors can. Leave it out, look "
            "at the pictures, and see minigan evaluate afterwards."
        ) from error


def _compared_with(config: Config, trained: Dataset) -> tuple[Dataset, str, str]:
    """The real examples, what they are called, and what has to be said of them."""
    if config.data["options"].get("hold_out") is not None:
        return reopen_part(config, trained, "validation"), "held-out examples", ""
    try:
        test = reopen_part(config, trained, "test")
    except RunError:
        note = ". A G that knows them by heart looks best, since nothing is held out (--hold-out N)"
        return trained, "training examples", note
    return test, "test examples", ", and so chosen on the test set (--hold-out N: on others)"
