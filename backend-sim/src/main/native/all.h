/* The code around a level's inner loops, which it defines before it includes this file. */
#include "matrix.h"
#include "product.h"
#include "softmax.h"
#include "element.h"
#include "rows.h"

#define AN_LEVEL {matrix_scratch, matrix_units, matrix_run, product_scratch, product_run, softmax_run, element_run, norm_squares, norm_run, \
        rope_run, causal_run}
