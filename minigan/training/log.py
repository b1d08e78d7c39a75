"""log.csv: what the two players say about each other, one row a log step.

    step            iterations of the update rule so far
    V               value function V(D, G), equation (1) of the 2014 paper; -log 4 at its end
    loss_D          -V, what D's optimizer would call its loss; 2 log 2 where D = 1/2
    loss_G          what G descends: the objective of the run
    D_real          mean D(x), the probability that D gives to data
    D_fake          mean D(G(z)), the probability that D gives to samples
    accuracy_real   share of the data with D(x) > 1/2
    accuracy_fake   share of the samples with D(G(z)) < 1/2
    grad_norm_D     Euclidean norm of D's gradient over all its parameters
    grad_norm_G     the same for G

A run that is evaluated while it trains (--evaluate-every) has the columns of gauge.py behind these.
They are of G as it is after the step, and empty in the rows of other steps.

Every other value is that of the one minibatch of its step, before the update (with k > 1, of D's
last), not a mean since the last row: a mean would be smoother, but would depend on how often one
looks. Penalties are left out. The numbers are written in full, and no time of day is, so that the
same run leaves the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from minigan.files import replacing

COLUMNS = (
    "step",
    "V",
    "loss_D",
    "loss_G",
    "D_real",
    "D_fake",
    "accuracy_real",
    "accuracy_fake",
    "grad_norm_D",
    "grad_norm_G",
)

LARGEST = 2**28  # bytes of a log that is read: a million rows
Row = dict[str, float]


class RunLog:
    """The rows of log.csv, on disk and in memory.

    **Parameters**  path of the file; text: what it held at the checkpoint, for a run that goes on.
    What a killed run wrote after its checkpoint is dropped by `write`, and will come again. more:
    columns that not every row fills.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = RunLog(Path(folder) / "log.csv")
    ...     log.add(dict.fromkeys(COLUMNS, 0.5) | {"step": 10})
    ...     log.columns()["step"], log.columns()["V"]
    ([10.0], [0.5])
    """

    def __init__(self, path: Path, text: str = "", more: tuple[str, ...] = ()) -> None:
        self.path, self.more = path, more
        self.text = text or ",".join(COLUMNS + more) + "\n"

    def write(self) -> None:
        """Make the file hold this text and nothing else."""
        with replacing(self.path) as temporary:
            temporary.write_bytes(self.text.encode())

    def add(self, row: Row) -> None:
        """Append one row, at once."""
        cells = [repr(row[name]) for name in COLUMNS]
        cells += [repr(row[name]) if name in row else "" for name in self.more]
        line = ",".join(cells) + "\n"
        self.text += line
        with self.path.open("ab") as file:
            file.write(line.encode())

    def columns(self) -> dict[str, list[float]]:
        """The log as lists, by column; NaN where a row has nothing."""
        rows = [line.split(",") for line in self.text.splitlines()[1:]]
        names = enumerate(COLUMNS + self.more)
        return {name: [float(row[i] or "nan") for row in rows] for i, name in names}
