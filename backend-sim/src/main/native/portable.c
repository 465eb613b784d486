/* Level 0: plain C, for any processor; what the other levels are held against. */
#include "level.h"

#define MR 4
#define NR 16

static void prepare4(const int16_t *row, int groups, uint8_t *prepared) {
    memcpy(prepared, row, (size_t)groups * 16);
}

static void dot4(const uint8_t *w, const uint8_t *prepared, int groups, int32_t *sums) {
    const int16_t *a = (const int16_t *)(const void *)prepared;
    uint32_t acc[32] = {0};
    for (int g = 0; g < groups; g++, w += 128, a += 8) {
        for (int c = 0; c < 32; c++) {
            int32_t sum = 0;
            for (int j = 0; j < 4; j++) {
                sum += (w[c * 4 + j] & 15) * a[j] + (w[c * 4 + j] >> 4) * a[4 + j];
            }
            acc[c] += (uint32_t)sum;
        }
    }
    memcpy(sums, acc, sizeof acc);
}

static void prepare8(const int16_t *row, int groups, uint8_t *prepared) {
    memcpy(prepared, row, (size_t)groups * 8);
}

static void dot8(const uint8_t *w, const uint8_t *prepared, int groups, int32_t *sums) {
    const int16_t *a = (const int16_t *)(const void *)prepared;
    uint32_t acc[32] = {0};
    for (int g = 0; g < groups; g++, w += 128, a += 4) {
        for (int c = 0; c < 32; c++) {
            int32_t sum = 0;
            for (int j = 0; j < 4; j++) {
                sum += (int8_t)w[c * 4 + j] * a[j];
            }
            acc[c] += (uint32_t)sum;
        }
    }
    memcpy(sums, acc, sizeof acc);
}

static void unpack4(const uint8_t *w, int groups, int16_t *panel) {
    for (int g = 0; g < groups; g++, w += 128, panel += 4 * NR * 2) {
        for (int c = 0; c < NR; c++) {
            int16_t *to = panel + c * 2;
            for (int j = 0; j < 8; j++) {
                int v = j < 4 ? w[c * 4 + j] & 15 : w[c * 4 + j - 4] >> 4;
                to[j / 2 * NR * 2 + j % 2] = (int16_t)(v - 8);
            }
        }
    }
}

static void unpack8(const uint8_t *w, int groups, int16_t *panel) {
    for (int g = 0; g < groups; g++, w += 128, panel += 2 * NR * 2) {
        for (int c = 0; c < NR; c++) {
            int16_t *to = panel + c * 2;
            for (int j = 0; j < 4; j++) {
                to[j / 2 * NR * 2 + j % 2] = (int8_t)w[c * 4 + j];
            }
        }
    }
}

static void micro(int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    uint32_t acc[MR][NR];
    if (add) {
        memcpy(acc, sums, (size_t)mr * NR * 4);
    } else {
        memset(acc, 0, sizeof acc);
    }
    for (int s = 0; s < segments; s++, rows += MR) {
        for (int p = 0; p < pairs; p++, panel += NR * 2) {
            for (int i = 0; i < mr; i++) {
                int32_t a = rows[i][2 * p], b = rows[i][2 * p + 1];
                for (int c = 0; c < NR; c++) {
                    acc[i][c] += (uint32_t)(a * panel[2 * c]) + (uint32_t)(b * panel[2 * c + 1]);
                }
            }
        }
    }
    memcpy(sums, acc, (size_t)mr * NR * 4);
}

static void fast16(const int32_t *sums, an_scale scale, const an_rescale *r, int16_t *values) {
    for (int j = 0; j < 16; j++) {
        const an_near8 *s = scale.near + j / 8;
        int lane = j % 8;
        int64_t acc = (int32_t)((uint32_t)sums[j] + (uint32_t)s->low_bias[lane]);
        int64_t shift = s->high_shift[lane] + 32;
        int64_t v = (acc * s->multiplier[lane] + ((int64_t)1 << (shift - 1))) >> shift;
        values[j] = (int16_t)an_clamp(r->zero_out + v, r->min, r->max);
    }
}

static int64_t exponentials16(const int16_t *x, int n, const int32_t *table, int last, int32_t *e) {
    int max = INT16_MIN;
    for (int i = 0; i < n; i++) {
        max = x[i] > max ? x[i] : max;
    }
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        e[i] = table[max - x[i] < last ? max - x[i] : last];
        sum += e[i];
    }
    return sum;
}

static void quotients(const int32_t *e, int n, int64_t sum, int bits, uint16_t *q) {
    for (int i = 0; i < n; i++) {
        q[i] = an_quotient(e[i], sum, bits);
    }
}

static void interpolate(const int16_t *table, int shift, const int16_t *x, int16_t *y, int n) {
    int32_t half = 1 << (shift - 1), below = (1 << shift) - 1;
    for (int i = 0; i < n; i++) {
        int32_t u = x[i] + 32768;
        const int16_t *t = table + (u >> shift);
        y[i] = (int16_t)(t[0] + (((t[1] - t[0]) * (u & below) + half) >> shift));
    }
}

#include "all.h"

const an_level an_portable = AN_LEVEL;
