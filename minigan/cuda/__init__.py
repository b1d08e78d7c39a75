"""What a CUDA GPU gets besides CuPy: kernels of our own, each beside the formula that it computes.

CuPy starts a kernel for every operator, and each reads its arrays from memory and writes them back.
Where that is the time of a step, a file here does it in one go. A pair of files is one idea: the
.cu has the kernels, the .py of the same name the functions that start them, and the docstring says
which plain function of minigan gives the same numbers. Read that one first; nothing here adds to
the math.

    kernels.py       compiling and starting a kernel
    common.cu        what stands in front of every .cu file
    elementwise      a formula of several operators in one launch
    channel_sums     sums over all axes but the last, strip by strip
    batchnorm        BatchNorm, and the activation after it
    chains           a bias and the activation after it
    maxout           the largest piece of each unit
    activation.py    activations as the numbers by which kernels know them
    blas.py          matrix products, by a handle of cuBLAS that works in a recording
    graph.py         the steps of a rule, recorded once as one CUDA graph and replayed
    recording.py     one such step
    feed.py          numbers that are others in each step, for a step that is recorded once
"""
