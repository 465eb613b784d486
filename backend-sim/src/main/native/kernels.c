/* The library's calls: the level's code, and what is the same for all levels. */
#include "level.h"

#define VERSION 5

static const an_level *const levels[AN_LEVELS] = {
    &an_portable,
#if defined(__x86_64__)
    &an_avx2,
    &an_avx512,
#endif
};

int32_t an_version(void) {
    return VERSION;
}

int32_t an_greatest_level(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        int vnni = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
                && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
        return vnni ? AN_AVX512 : AN_AVX2;
    }
#endif
    return AN_PORTABLE;
}

#define AN_NAME(name) #name " "

const char *an_matrix_fields(void) {
    return AN_MATRIX_FIELDS(AN_NAME);
}

int32_t an_scale_size(int32_t channels) {
    return an_padded(channels) / 8 * (int32_t)((sizeof(an_near8) + sizeof(an_wide8)) / 8);
}

int32_t an_scale_fill(const int64_t *bias, const int32_t *multiplier, const int32_t *shift, int32_t channels, int64_t *scale) {
    int fast = 2;
    memset(scale, 0, (size_t)an_scale_size(channels) * 8);
    an_scale all = an_scale_of(scale, channels);
    for (int c = 0; c < an_padded(channels); c++) {
        an_near8 *near = (an_near8 *)all.near + c / 8;
        an_wide8 *wide = (an_wide8 *)all.wide + c / 8;
        int lane = c % 8, half = lane / 2;
        int real = c < channels;
        int64_t n = real ? shift[c] : 33;
        wide->bias[lane] = real ? bias[c] : 0;
        near->low_bias[lane] = (int32_t)(uint64_t)wide->bias[lane];
        near->multiplier[lane] = real ? multiplier[c] : 0;
        (lane & 1 ? wide->shift_odd : wide->shift_even)[half] = (uint64_t)n;
        if (near->multiplier[lane] >= 0 && n >= 31 && n <= 62) {
            (lane & 1 ? wide->offset_odd : wide->offset_even)[half] = ((uint64_t)1 << (n - 1)) + ((uint64_t)1 << 63);
            wide->back[lane] = (int32_t)(uint32_t)((uint64_t)1 << (63 - n));
            near->high_shift[lane] = (int32_t)(n - 32);
            if (n < 33 && fast == 2) {
                fast = 1;
            }
        } else {
            fast = 0;
        }
    }
    return fast;
}

int64_t an_matrix_scratch(const an_matrix *m) {
    return an_portable.matrix_scratch(m);
}

int32_t an_matrix_units(const an_matrix *m) {
    return an_portable.matrix_units(m);
}

int64_t an_address(const uint8_t *buffer) {
    return (int64_t)(intptr_t)buffer;
}

int32_t an_matrix_run(int32_t level, const an_matrix *m, const uint8_t *weights, const int64_t *scale, const int8_t *x8,
                      const int16_t *x16, int8_t *y8, int16_t *y16, uint8_t *scratch, int64_t *failed, int32_t from, int32_t to) {
    const an_arrays d = {x8, x16, y8, y16};
    return levels[level]->matrix_run(m, weights, scale, &d, scratch, failed, from, to);
}

const char *an_product_fields(void) {
    return AN_PRODUCT_FIELDS(AN_NAME);
}

int64_t an_product_scratch(const an_product *p) {
    return an_portable.product_scratch(p);
}

int32_t an_product_run(int32_t level, const an_product *p, const int64_t *scale, const int8_t *a8, const int16_t *a16, const int8_t *b,
                       int8_t *y8, int16_t *y16, uint8_t *scratch, int64_t *failed, int32_t position, int32_t from, int32_t to) {
    const an_arrays d = {a8, a16, y8, y16};
    return levels[level]->product_run(p, scale, &d, b, scratch, failed, position, from, to);
}

const char *an_softmax_fields(void) {
    return AN_SOFTMAX_FIELDS(AN_NAME);
}

void an_softmax_run(int32_t level, const an_softmax *s, const int32_t *table, const int8_t *x8, const int16_t *x16, int8_t *y8, int16_t *y16,
                    int32_t *e, int32_t position, int32_t from, int32_t to) {
    const an_arrays d = {x8, x16, y8, y16};
    levels[level]->softmax_run(s, table, &d, e, position, from, to);
}

const char *an_element_fields(void) {
    return AN_ELEMENT_FIELDS(AN_NAME);
}

void an_element_run(int32_t level, const an_element *e, const int16_t *table, const int16_t *a, const int16_t *b, int16_t *y, int32_t from,
                    int32_t to) {
    levels[level]->element_run(e, table, a, b, y, from, to);
}

const char *an_norm_fields(void) {
    return AN_NORM_FIELDS(AN_NAME);
}

void an_norm_squares(int32_t level, const an_norm *n, const int16_t *x, int64_t *squares, int32_t from, int32_t to) {
    levels[level]->norm_squares(n, x, squares, from, to);
}

void an_norm_run(int32_t level, const an_norm *n, const int16_t *gamma, const int64_t *factors, const int16_t *x, int8_t *y8, int16_t *y16,
                 int32_t from, int32_t to) {
    const an_arrays d = {0, x, y8, y16};
    levels[level]->norm_run(n, gamma, factors, &d, from, to);
}

const char *an_rope_fields(void) {
    return AN_ROPE_FIELDS(AN_NAME);
}

void an_rope_run(int32_t level, const an_rope *r, const int16_t *cos, const int16_t *sin, const int16_t *x, int8_t *y8, int16_t *y16,
                 int32_t position, int32_t from, int32_t to) {
    const an_arrays d = {0, x, y8, y16};
    levels[level]->rope_run(r, cos, sin, &d, position, from, to);
}

const char *an_causal_fields(void) {
    return AN_CAUSAL_FIELDS(AN_NAME);
}

int32_t an_causal_run(int32_t level, const an_causal *c, const int16_t *weights, const int64_t *scale, const int16_t *u, const int16_t *state,
                      int16_t *new_state, int8_t *y8, int16_t *y16, int64_t *failed, int32_t valid, int32_t from, int32_t to) {
    const an_arrays d = {0, u, y8, y16};
    return levels[level]->causal_run(c, weights, an_scale_of(scale, c->channels), state, new_state, &d, failed, valid, from, to);
}
