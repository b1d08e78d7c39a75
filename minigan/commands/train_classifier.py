"""`minigan train classifier`: the network that samples are judged by."""

from __future__ import annotations

import argparse

NAME, EPOCHS = "classifier", 20
OWN = (
    "data",
    "epochs",
    "batch",
    "seed",
    "device",
    "out",
    "resume",
    "quiet",
)  # what it takes of train's words
GIVEN = ("command", "model", "run", "imports")


def run(args: argparse.Namespace) -> int:
    """Train it, and say how good it is and where it lies; or, stopped by a signal, how to go on.

    **Raises**  ValueError for a word that only a GAN has; as `train_classifier`.
    """
    for name, value in vars(args).items():
        if name not in (*OWN, *GIVEN) and value is not None and value is not False:
            option = f"--{name.replace('_', '-')}" if len(name) > 1 else f"-{name}"
            raise ValueError(
                f"{option} means nothing for the classifier, which takes "
                f"{', '.join(f'--{own}' for own in OWN)}."
            )
    from minigan.training.classifier import Stopped, train_classifier  # tqdm is slow to import

    try:
        trained = train_classifier(
            args.data,
            epochs=args.epochs,
            m=args.batch,
            seed=args.seed,
            device=args.device,
            out=args.out,
            resume=args.resume,
            progress=not args.quiet,
        )
    except Stopped as stop:
        print(stop)
        return 128 + stop.signal
    print(
        f"{trained.file}: {trained.accuracy:.2%} of {trained.training['n_test']:,} test images are "
        f"named right; SHA-256 {trained.sha256}"
    )
    return 0
