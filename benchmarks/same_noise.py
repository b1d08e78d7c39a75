"""Why does D win goodfellow-2014 under Algorithm 1, and not under the rule of the paper's code?

    python benchmarks/same_noise.py [--seed 1] [--steps 2000]

The two rules differ in two things: whether G's step looks at the D of before or of after D's
update, and whether it takes the noise of D's step or fresh noise. Here are all four combinations,
each with dropout masks of its own. What came out is in docs/reported.md.
"""

from __future__ import annotations

from collections import deque
from itertools import product

from minigan.activations import sigmoid
from minigan.arguments import Parser
from minigan.commands.words import SEED, Integer
from minigan.data import load
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.models import find_model
from minigan.objectives import NON_SATURATING
from minigan.training.game import Game

M, LAST = 100, 50  # batch size; steps over which D's mean probabilities are taken


def main() -> None:
    """Read the words, play the four games, print a line for each."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=SEED, default=1, help=f"{SEED} (default 1)")
    parser.add_argument("--steps", type=Integer(1), default=2000, help=f"{Integer(1)} (2000)")
    args = parser.parse_args()
    print("| G looks at D | noise | D(x) | D(G(z)) |\n|---|---|---|---|")
    for after, fresh in product((False, True), repeat=2):
        real, fake = play(args.seed, args.steps, after=after, fresh=fresh)
        words = f"{'after' if after else 'before'} its update | {'fresh' if fresh else 'the same'}"
        print(f"| {words} | {real:.4f} | {fake:.4f} |", flush=True)


def play(seed: int, steps: int, *, after: bool, fresh: bool) -> tuple[float, float]:
    """D's mean probability for data and for samples in the last steps of a game."""
    model, dataset = find_model("goodfellow-2014"), load("mnist", hold_out=10_000)
    game = Game(model, dataset, m=M, seed=seed, device="cpu")
    G, D, seen = game.G, game.D, deque[tuple[float, float]](maxlen=LAST)

    def watch(player: str, logits: dict, grads: dict) -> None:
        if player == "D":
            real, fake = (sigmoid(logits[name]).mean() for name in ("a_real", "a_fake"))
            seen.append((float(real), float(fake)))

    for _ in range(steps):
        x, z = game.data(M), game.noise(M)
        gradient_D = discriminator_gradient(D, G, x, z, watch)
        if after:
            game.opt_D.ascend(gradient_D)
        gradient_G = generator_gradient(D, G, game.noise(M) if fresh else z, NON_SATURATING)
        if not after:
            game.opt_D.ascend(gradient_D)
        game.opt_G.descend(gradient_G)
    real, fake = (sum(column) / len(seen) for column in zip(*seen, strict=True))
    return real, fake


if __name__ == "__main__":
    main()
