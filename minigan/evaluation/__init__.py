"""Measures of a generator, where a look at its samples is not enough.

modes.py         mixtures whose modes are known: how many are found, how well, how evenly
classifier.py    the network whose features stand for an image
features.py      that network, trained: the two in the package, or one of your own
"""
