"""The rules and the optimizers once more, in PyTorch: losses, autograd, torch.optim.

An optimizer here follows the source's constants, and torch.optim does the rest: D ascends V by
`maximize=True`. Where the rule of a source differs from torch.optim's, the constants of each step
are set so that the two agree, and the comment says by which equation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracles import oracle

torch = oracle("torch")
F = torch.nn.functional


def adam(
    alpha: float, beta1: float, *, keras: bool = False, rate: Callable[[int], float] | None = None
) -> Callable[..., Any]:
    """Adam as printed, eps 1e-8; or Keras' form, eps 1e-7.

    Keras divides by √v + eps, where torch.optim divides by √(v / (1 - β₂ᵗ)) + eps': the same where
    eps' = eps / √(1 - β₂ᵗ), with √(1 - β₂ᵗ) in the rate of both.
    """

    def make(params: list[Any], *, maximize: bool) -> Any:
        made = torch.optim.Adam(params, alpha, (beta1, 0.999), eps=1e-8, maximize=maximize)
        t = 0

        def before(optimizer: Any, args: Any, kwargs: Any) -> None:
            nonlocal t
            t += 1
            for group in optimizer.param_groups:
                if keras:
                    group["eps"] = 1e-7 / (1 - 0.999**t) ** 0.5
                if rate is not None:
                    group["lr"] = rate(t - 1)

        made.register_step_pre_hook(before)
        return made

    return make


def momentum_of_2014(batches_per_epoch: int) -> Callable[..., Any]:
    """0.1 divided by 1.000004 an update, momentum from 0.5 to 0.7 over 250 epochs.

    torch.optim has u ← μ u + g, θ ← θ - α u, where the source has v ← μ v - α g, θ ← θ + v. With
    v = -α u that is one rule as long as α stays; where it moves, μ has to be μ αₜ₋₁/αₜ.
    """

    def make(params: list[Any], *, maximize: bool) -> Any:
        made = torch.optim.SGD(params, 0.1, momentum=0.5, maximize=maximize)
        rates: list[float] = []

        def before(optimizer: Any, args: Any, kwargs: Any) -> None:
            epoch = len(rates) // batches_per_epoch + 1
            rates.append(max(0.1 / 1.000004 ** len(rates), 1e-6))
            mu = 0.5 + 0.2 * min((epoch - 1) / 249, 1)
            for group in optimizer.param_groups:
                group["lr"] = rates[-1]
                group["momentum"] = mu * (rates[-2] / rates[-1] if len(rates) > 1 else 1)

        made.register_step_pre_hook(before)
        return made

    return make


def log_D(a: Any) -> Any:
    return F.logsigmoid(a).mean()


def log_not_D(a: Any) -> Any:
    return F.logsigmoid(-a).mean()


class Game:
    """Two modules, their optimizers, and an iteration of each rule.

    l1, l2: of the penalty on what has two axes or more, which both players descend; share: of V
    that D ascends, 1/2 where the source takes the mean of its two halves.
    """

    def __init__(
        self,
        G: Any,
        D: Any,
        make: Callable[..., Any],
        objective: str,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
        share: float = 1.0,
    ) -> None:
        self.G, self.D, self.objective = G, D, objective
        self.opt_G = make(list(G.parameters()), maximize=False)
        self.opt_D = make(list(D.parameters()), maximize=True)
        self.l1, self.l2, self.share = l1, l2, share

    def penalty(self, net: Any) -> Any:
        kernels = [theta for theta in net.parameters() if theta.dim() > 1]
        return sum(self.l1 * W.abs().sum() + self.l2 * (W * W).sum() for W in kernels)

    def loss_G(self, a: Any) -> Any:
        return log_not_D(a) if self.objective == "minimax" else -log_D(a)

    def gradient(self, net: Any, goal: Any, sign: int) -> None:
        """Of the goal, which ascends (1) or descends (-1), and of the penalty, which descends."""
        if self.l1 or self.l2:
            goal = goal - sign * self.penalty(net)
        params = list(net.parameters())
        for theta, g in zip(
            params, torch.autograd.grad(goal, params, retain_graph=True), strict=True
        ):
            theta.grad = g

    def move_D(self, value: Any) -> None:
        self.gradient(self.D, self.share * value, 1)
        self.opt_D.step()

    def move_G(self, z: Any) -> None:
        self.gradient(self.G, self.loss_G(self.D(self.G(z))), -1)
        self.opt_G.step()

    def evaluated(self, z: Any) -> Any:
        """Samples of G in evaluation mode."""
        self.G.eval()
        with torch.no_grad():
            fake = self.G(z)
        self.G.train()
        return fake

    def algorithm_1(self, x: Any, z: Any, k: int = 1) -> None:
        for _ in range(k):
            fake = self.G(z()).detach()
            on_data = log_D(self.D(x()))
            self.move_D(on_data + log_not_D(self.D(fake)))
        self.move_G(z())

    def both(self, x: Any, z: Any) -> tuple[Any, Any, Any]:
        """D's logits on data and on samples, V; both players' gradients, taken before they move."""
        fake = self.G(z())
        a_real = self.D(x())
        a_fake = self.D(fake)
        self.gradient(self.D, self.share * (log_D(a_real) + log_not_D(a_fake)), 1)
        self.gradient(self.G, self.loss_G(a_fake), -1)
        return a_real, a_fake, log_D(a_real) + log_not_D(a_fake)

    def simultaneous(self, x: Any, z: Any) -> None:
        self.both(x, z)
        self.opt_D.step()
        self.opt_G.step()

    def worse_player(self, x: Any, z: Any) -> None:
        _, a_fake, value = self.both(x, z)
        (self.opt_D if -value / 2 >= -log_D(a_fake) else self.opt_G).step()

    def separate(self, x: Any, z: Any) -> None:
        data, fake = x(), self.evaluated(z())
        self.move_D(log_D(self.D(data)))
        self.move_D(log_not_D(self.D(fake)))
        self.move_G(z())

    def concatenated(self, x: Any, z: Any) -> None:
        data, fake = x(), self.evaluated(z())
        a_real, a_fake = self.D(torch.cat([data, fake])).chunk(2)
        self.move_D(log_D(a_real) + log_not_D(a_fake))
        self.move_G(z())

    def play(self, rule: str, x: Callable[[], Any], z: Callable[[], Any], **options: Any) -> None:
        """One iteration; x() and z() are the next batches."""
        getattr(self, rule.replace("-", "_"))(x, z, **options)
