"""Wrong backwards, one bug each, with the sentence that check_layer must answer.

Each is a right layer but for the lines shown. The bugs were met in code that people published, or
are the smallest that a check could overlook: one entry, one direction, one mode, a ten-thousandth.
They stand in the modules below, by what is wrong with them; to import a module is to list them.
"""

import wrong_layers_effects  # noqa: F401
import wrong_layers_elsewhere  # noqa: F401
import wrong_layers_numbers  # noqa: F401
import wrong_layers_returns  # noqa: F401
from wrong_layers_base import WRONG

__all__ = ["WRONG"]
