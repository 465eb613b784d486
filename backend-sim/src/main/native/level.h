/* What a level provides. */
#ifndef AUTONEURAL_SIM_LEVEL_H
#define AUTONEURAL_SIM_LEVEL_H

#include <stddef.h>
#include <string.h>
#include "rescale.h"

/* Where the first operand and the result lie: of each, the array of its type. */
typedef struct {
    const int8_t *x8;
    const int16_t *x16;
    int8_t *y8;
    int16_t *y16;
} an_arrays;

typedef struct {
    int64_t (*matrix_scratch)(const an_matrix *m);
    int32_t (*matrix_units)(const an_matrix *m);
    int32_t (*matrix_run)(const an_matrix *m, const uint8_t *weights, const int64_t *scale, const an_arrays *d,
                          uint8_t *scratch, int64_t *failed, int32_t from, int32_t to);
    int64_t (*product_scratch)(const an_product *p);
    int32_t (*product_run)(const an_product *p, const int64_t *scale, const an_arrays *d, const int8_t *b, uint8_t *scratch, int64_t *failed,
                           int32_t position, int32_t from, int32_t to);
    void (*softmax_run)(const an_softmax *s, const int32_t *table, const an_arrays *d, int32_t *e, int32_t position, int32_t from, int32_t to);
    void (*element_run)(const an_element *e, const int16_t *table, const int16_t *a, const int16_t *b, int16_t *y, int32_t from, int32_t to);
    void (*norm_squares)(const an_norm *n, const int16_t *x, int64_t *squares, int32_t from, int32_t to);
    void (*norm_run)(const an_norm *n, const int16_t *gamma, const int64_t *factors, const an_arrays *d, int32_t from, int32_t to);
    void (*rope_run)(const an_rope *r, const int16_t *cos, const int16_t *sin, const an_arrays *d, int32_t position, int32_t from, int32_t to);
    int32_t (*causal_run)(const an_causal *c, const int16_t *weights, an_scale scale, const int16_t *state, int16_t *new_state,
                          const an_arrays *d, int64_t *failed, int32_t valid, int32_t from, int32_t to);
} an_level;

extern const an_level an_portable;
extern const an_level an_avx2;
extern const an_level an_avx512;

#endif
