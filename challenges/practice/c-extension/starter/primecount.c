#include <Python.h>

/* The number of primes below limit. */
static long count_below(long limit)
{
    (void)limit;
    return 0; /* TODO */
}

/* Counts with the GIL held. */
static PyObject *held(PyObject *self, PyObject *arg)
{
    long limit = PyLong_AsLong(arg);

    if (limit == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(count_below(limit));
}

/* TODO: released, which lets the GIL go while it counts. */

static PyMethodDef methods[] = {
    {"held", held, METH_O, "The number of primes below a limit, counted with the GIL held."},
    {NULL, NULL, 0, NULL}
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "primecount", NULL, -1, methods};

PyMODINIT_FUNC PyInit_primecount(void)
{
    return PyModule_Create(&module);
}
