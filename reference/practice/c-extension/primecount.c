#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Trial division by odd numbers. Shares nothing, so any number of threads may
 * be in here. */
static long count_below(long limit)
{
    long count = limit > 2;

    for (long n = 3; n < limit; n += 2) {
        long d = 3;
        while (d * d <= n && n % d)
            d += 2;
        count += d * d > n;
    }
    return count;
}

static PyObject *held(PyObject *self, PyObject *arg)
{
    long limit = PyLong_AsLong(arg);

    if (limit == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(count_below(limit));
}

static PyObject *released(PyObject *self, PyObject *arg)
{
    long count, limit = PyLong_AsLong(arg);

    if (limit == -1 && PyErr_Occurred())
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    count = count_below(limit);
    Py_END_ALLOW_THREADS
    return PyLong_FromLong(count);
}

static PyMethodDef methods[] = {
    {"held", held, METH_O, "The number of primes below a limit, counted with the GIL held."},
    {"released", released, METH_O, "The same, counted without the GIL."},
    {NULL, NULL, 0, NULL}
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "primecount", NULL, -1, methods};

PyMODINIT_FUNC PyInit_primecount(void)
{
    return PyModule_Create(&module);
}
