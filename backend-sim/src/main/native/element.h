/*
 * Element by element. Loops that a compiler makes vectors of; a level defines before it includes this file:
 *
 *   interpolate     y[i] = the value at x[i] of a table of 2^(16 - shift) + 1 entries
 */

/*
 * The sum has 48 bits. Of each multiplier, high * 2^16 + low, the halves meet a and b apart, in 32 bits, and what is below 2^16 rounds
 * nothing; the lowest bits of the two sums are taken out so that their sum cannot overflow.
 */
static void add_run(const an_element *e, const int16_t *a, const int16_t *b, int16_t *y, int n) {
    int32_t high_a = (e->multiplier + 0x8000) >> 16, high_b = (e->multiplier_b + 0x8000) >> 16;
    int16_t low_a = (int16_t)e->multiplier, low_b = (int16_t)e->multiplier_b;
    int32_t half = 1 << (e->shift - 18), more = e->shift - 17, min = e->min, max = e->max;
    for (int i = 0; i < n; i++) {
        int32_t high = a[i] * (int16_t)high_a + b[i] * (int16_t)high_b;
        int32_t low = (a[i] * low_a + b[i] * low_b) >> 16;
        y[i] = (int16_t)an_bounded(((high >> 1) + (low >> 1) + (high & low & 1) + half) >> more, min, max);
    }
}

static void mul_run(const an_element *e, const int16_t *a, const int16_t *b, int16_t *y, int n) {
    int32_t multiplier = e->multiplier, half = 1 << (e->shift - 33), more = e->shift - 32, min = e->min, max = e->max;
    for (int i = 0; i < n; i++) {
        y[i] = (int16_t)an_bounded(an_high(a[i] * b[i], multiplier, half, more), min, max);
    }
}

static void element_run(const an_element *e, const int16_t *table, const int16_t *a, const int16_t *b, int16_t *y, int from, int to) {
    int n = to - from;
    a += e->a_at + from;
    y += e->y_at + from;
    switch (e->operation) {
    case AN_ADD: add_run(e, a, b + e->b_at + from, y, n); break;
    case AN_MUL: mul_run(e, a, b + e->b_at + from, y, n); break;
    default: interpolate(table, e->shift, a, y, n); break;
    }
}
