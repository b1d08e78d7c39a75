"""PyTorch's side of the comparison: the five networks and the same step, Adam fused.

Layers and widths are those of minigan's models; weights start as PyTorch
starts them, which changes no time. Images are (m, channels, h, w) for PyTorch, stored channel by
channel or, with the format channels_last, pixel by pixel; the caller takes the faster one.
"""

import json
import sys

from serve import serve

try:
    import torch
    from torch import nn
except ImportError as error:
    advice = "pip install torch, or name another Python by --torch-python"
    sys.exit(f"{sys.executable} cannot import PyTorch ({error}): {advice}.")


def mlp(z_dim=100, width=500, pixels=784):
    """ReLU networks of two hidden layers each."""
    G = [nn.Linear(z_dim, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    G += [nn.Linear(width, pixels), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))]
    D = [nn.Flatten(), nn.Linear(pixels, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    return G, [*D, nn.Linear(width, 1)]


def mlp_batchnorm(z_dim=100, widths=(256, 512, 1024), pixels=784):
    """BatchNorm after each hidden layer of G."""
    G, n = [], z_dim
    for width in widths:
        G += [nn.Linear(n, width), nn.LeakyReLU(0.2), nn.BatchNorm1d(width, 1e-3, momentum=0.2)]
        n = width
    G += [nn.Linear(n, pixels), nn.Tanh(), nn.Unflatten(1, (1, 28, 28))]
    D, n = [nn.Flatten()], pixels
    for width in (512, 256):
        D += [nn.Linear(n, width), nn.LeakyReLU(0.2)]
        n = width
    return G, [*D, nn.Linear(n, 1)]


def dcgan(z_dim=100):
    """Strided convolutions and strided transposed ones, kernel 4."""
    halving = {"kernel_size": 4, "stride": 2, "padding": 1}
    G = [nn.Linear(z_dim, 128 * 49), nn.BatchNorm1d(128 * 49), nn.ReLU()]
    G += [nn.Unflatten(1, (128, 7, 7)), nn.ConvTranspose2d(128, 64, bias=False, **halving)]
    G += [nn.BatchNorm2d(64), nn.ReLU(), nn.ConvTranspose2d(64, 1, **halving), nn.Tanh()]
    D = [nn.Conv2d(1, 64, **halving), nn.LeakyReLU(0.2), nn.Conv2d(64, 128, bias=False, **halving)]
    D += [nn.BatchNorm2d(128), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(128 * 49, 1)]
    return G, D


def dcgan_32(z_dim=100):
    """Upsampling and convolutions, kernel 5, for images of 32 x 32."""
    slope = 0.001
    G = [nn.Linear(z_dim, 128 * 64), nn.LeakyReLU(slope), nn.Unflatten(1, (128, 8, 8))]
    G += [nn.BatchNorm2d(128), nn.Upsample(scale_factor=2), nn.Dropout(0.3)]
    G += [nn.Conv2d(128, 64, 5, padding=2), nn.LeakyReLU(slope), nn.BatchNorm2d(64)]
    G += [nn.Upsample(scale_factor=2), nn.Conv2d(64, 1, 5, padding=2), nn.Tanh()]
    D = [nn.Conv2d(1, 8, 5, 2, 2), nn.LeakyReLU(slope), nn.Dropout(0.3)]
    D += [nn.Conv2d(8, 64, 5, 2, 2), nn.LeakyReLU(slope), nn.Flatten(), nn.Linear(64 * 64, 1)]
    return G, D


def dcgan_upsampling(z_dim=100):
    """Upsampling and transposed convolutions of stride 1, kernel 5: the largest of the five."""
    G = [nn.Linear(z_dim, 256 * 49), nn.BatchNorm1d(256 * 49, 1e-3), nn.ReLU()]
    G += [nn.Unflatten(1, (256, 7, 7))]
    for c_in, c_out, upsampled in ((256, 128, True), (128, 64, True), (64, 32, False)):
        G += [nn.Upsample(scale_factor=2)] if upsampled else []
        G += [nn.ConvTranspose2d(c_in, c_out, 5, padding=2), nn.BatchNorm2d(c_out, 1e-3), nn.ReLU()]
    G += [nn.ConvTranspose2d(32, 1, 5, padding=2), nn.Sigmoid()]
    D, c_in = [], 1
    for c_out, stride in ((64, 2), (128, 2), (256, 2), (512, 1)):
        D += [nn.Conv2d(c_in, c_out, 5, stride, 2), nn.LeakyReLU(0.2), nn.Dropout(0.2)]
        c_in = c_out
    return G, [*D, nn.Flatten(), nn.Linear(512 * 16, 1)]


NETWORKS = {
    "mlp": mlp,
    "mlp-batchnorm": mlp_batchnorm,
    "dcgan": dcgan,
    "dcgan-32": dcgan_32,
    "dcgan-upsampling": dcgan_upsampling,
}


class Game:
    """Both players with their optimizers and a batch of images, ready to make steps."""

    def __init__(self, network, m, side, device, memory_format):
        torch.manual_seed(0)
        layout = getattr(torch, memory_format)
        nets = [nn.Sequential(*layers) for layers in NETWORKS[network]()]
        self.G, self.D = (net.to(device=device, memory_format=layout) for net in nets)
        self.opt_G, self.opt_D = (
            torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), fused=True)
            for net in (self.G, self.D)
        )
        self.x = torch.rand(m, 1, side, side, device=device).to(memory_format=layout)
        self.real = torch.ones(m, 1, device=device)
        self.both = torch.cat([self.real, torch.zeros_like(self.real)])
        self.cross_entropy = nn.BCEWithLogitsLoss()
        self.done = 0
        self.forward_G, self.forward_D = self.G, self.D
        self.begin = lambda: None

    def compile(self):
        """Let torch.compile make kernels of the networks' passes, replayed as CUDA graphs."""
        mode = "reduce-overhead" if self.x.is_cuda else "default"
        self.forward_G, self.forward_D = (torch.compile(n, mode=mode) for n in (self.G, self.D))
        self.begin = torch.compiler.cudagraph_mark_step_begin
        for _ in range(5):  # it compiles in the first steps, and captures in the next
            self.step()

    def noise(self):
        """Fresh numbers for G."""
        return torch.randn(len(self.x), 100, device=self.x.device)

    def step(self):
        """D on m images and m samples in one batch, then G through D; losses read now and then."""
        self.begin()
        with torch.no_grad():
            fake = self.forward_G(self.noise())
        self.D.requires_grad_(True)
        self.opt_D.zero_grad()
        loss_D = self.cross_entropy(self.forward_D(torch.cat([self.x, fake])), self.both)
        loss_D.backward()
        self.opt_D.step()
        self.D.requires_grad_(False)
        self.opt_G.zero_grad()
        loss_G = self.cross_entropy(self.forward_D(self.forward_G(self.noise())), self.real)
        loss_G.backward()
        self.opt_G.step()
        if self.done % 10 == 9:
            loss_D.item(), loss_G.item()
        self.done += 1


def main():
    """Serve the network that the argument names."""
    asked = json.loads(sys.argv[1])
    on_gpu = asked["device"] == "cuda"
    if on_gpu and not torch.cuda.is_available():
        sys.exit("PyTorch finds no CUDA device")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = asked["tf32"]
    about = {
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
        "memory_format": asked["memory_format"],
    }
    keys = ("network", "m", "side", "device", "memory_format")
    game = Game(**{key: asked[key] for key in keys})
    if asked.get("compiled"):
        game.compile()
    if on_gpu:
        peak = lambda: torch.cuda.max_memory_reserved() / 2**20  # noqa: E731
        wait, together = torch.cuda.synchronize, bool(asked.get("together"))
        serve(game.step, about=about, wait=wait, peak=peak, together=together)
    else:
        serve(game.step, about=about)


if __name__ == "__main__":
    main()
