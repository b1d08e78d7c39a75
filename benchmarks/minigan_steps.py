"""minigan's side of the comparison: the step of `minigan bench`, made when asked."""

import json
import sys

from serve import serve

from minigan.bench.game import Game, Job
from minigan.bench.machine import describe, peak_mb, waiting

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    side, device = asked["side"], asked["device"]
    shape = (side, side, 1)
    game = Game(Job(asked["network"], shape, device, "same", asked["m"], steps=None, layers=False))
    serve(
        game.step,
        about=describe(device),
        wait=waiting(device),
        peak=lambda: peak_mb(device),
    )
