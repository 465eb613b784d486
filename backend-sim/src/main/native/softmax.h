/*
 * Softmax of rows: exponentials from a table of all differences to the greatest score, then e * 2^bits / sum, half up, exactly. A level
 * defines before it includes this file:
 *
 *   exponentials16  e[i] = table[min(last, max - x[i])] for n values; returns their sum
 *   quotients       q[i] = (e[i] * 2^bits + sum / 2) / sum for n values
 */

/* Values that are divided at once. */
#define QUOTIENTS 256

static int64_t exponentials8(const int8_t *x, int n, const int32_t *table, int last, int32_t *e) {
    int max = INT8_MIN;
    for (int i = 0; i < n; i++) {
        max = x[i] > max ? x[i] : max;
    }
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        e[i] = table[least(last, max - x[i])];
        sum += e[i];
    }
    return sum;
}

static void softmax_run(const an_softmax *s, const int32_t *table, const an_arrays *d, int32_t *e, int position, int from, int to) {
    int bits = s->y_bytes == 1 ? 8 : 15, zero = s->y_bytes == 1 ? -128 : 0, max = s->y_bytes == 1 ? INT8_MAX : INT16_MAX;
    for (int row = from; row < to; row++) {
        int64_t seen = (int64_t)position + row % s->m + 1;
        int live = s->causal && seen < s->width ? (int)seen : s->width;
        ptrdiff_t x = s->x_at + (ptrdiff_t)row * s->width, y = s->y_at + (ptrdiff_t)row * s->width;
        int64_t sum = s->x_bytes == 1 ? exponentials8(d->x8 + x, live, table, s->last, e)
                                      : exponentials16(d->x16 + x, live, table, s->last, e);
        for (int i = 0; i < live; i += QUOTIENTS) {
            uint16_t q[QUOTIENTS];
            int n = least(QUOTIENTS, live - i);
            quotients(e + i, n, sum, bits, q);
            if (s->y_bytes == 1) {
                for (int j = 0; j < n; j++) {
                    d->y8[y + i + j] = (int8_t)least(max, q[j] + zero);
                }
            } else {
                for (int j = 0; j < n; j++) {
                    d->y16[y + i + j] = (int16_t)least(max, q[j]);
                }
            }
        }
        if (s->fill) {
            fill(d, s->y_bytes, y + live, s->width - live, zero);
        }
    }
}
