"""What is wrong with this run? Its log and its checkpoint judged in words, by equations.

In reading order: `finding` (what a check answers), then a file for each check,

    blown_up.py     did the numbers grow without end, or end in NaN?
    saturated.py    is D always right, so that V has reached its end?
    vanishing.py    does G still get a gradient?
    far.py          do the samples look like data at all?
    collapse.py     do the samples vary as the data do? (`variety` measures it)
    overfitting.py  does D know the data by heart?
    dead_units.py   which units never answer? (`units` looks at them)
    drift.py        do G's running averages belong to the G of now?

then `case` (a run opened to be looked at), `examine` (all checks of one run) and `report`.
Nothing here writes into the run's folder.
"""

from minigan.doctor.examine import Diagnosis, diagnose
from minigan.doctor.finding import VERDICTS, Finding

__all__ = ["VERDICTS", "Diagnosis", "Finding", "diagnose"]
