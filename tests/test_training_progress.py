"""What a run says while it trains: a bar, a few lines, or nothing."""

import sys

import short_runs
from short_runs import run

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


def test_without_a_terminal_there_are_a_few_plain_lines(capsys):
    run(steps=60, progress=True)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert 10 <= len(lines) <= 20
    assert lines[-1].startswith("step 60/60  ")
    for words in (" steps/s  ", " left  ", "V -", "D(x) 0.", "D(G(z)) 0."):
        assert words in lines[-1]
    assert "mlp-batchnorm on digits8x8 (1,797 images of 8 x 8 x 1), cpu, seed 0" in out
    assert "rule separate, objective non-saturating" in out
    assert "minigan models" not in out
    run("mlp", steps=1, progress=True)
    assert "what to expect of mlp: see minigan models\n" in capsys.readouterr().out
    assert "Look at runs/mlp-batchnorm/samples.png" in out


def test_on_a_terminal_there_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run(steps=30, progress=True)
    err = capsys.readouterr().err
    assert "\r" in err
    assert "30/30" in err
    assert "step/s" in err
    assert "D(G(z))=0." in err


def test_quiet_is_quiet(capsys):
    run(steps=3)
    assert capsys.readouterr() == ("", "")
