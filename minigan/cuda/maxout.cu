// The largest of a unit's pieces and where it stands, for z (m, pieces, units). Of equal pieces the
// first wins, and a NaN beats every number: as NumPy's max and argmax have it.

extern "C" __global__ void maxout(integer n, real *y, bool *winner, const real *z, integer pieces,
                                  integer units) {
    THREAD(i, n)
    const integer first = i / units * pieces * units + i % units;
    real largest = z[first];
    integer at = 0;
    for (integer j = 1; j < pieces; ++j) {
        const real piece = z[first + j * units];
        if (piece > largest || (piece != piece && largest == largest)) {
            largest = piece;
            at = j;
        }
    }
    y[i] = largest;
    for (integer j = 0; j < pieces; ++j) winner[first + j * units] = j == at;
}
