/* Level 1: AVX2. Products of s16 pairs by vpmaddwd; 4-bit weights against the bytes of a row by vpmaddubsw. */
#if defined(__x86_64__)
#pragma GCC target("avx2")
#include "level.h"
#include "x86.h"

#define MR 6
#define NR 16
/* Bytes ahead of the weights in use that are asked for: some lines more than the processor fetches by itself. */
#define AHEAD 4096

#define INLINE static inline __attribute__((always_inline))

/* Adds sums of pairs of products to 16-bit lanes. In this order and at this place: left to the compiler, products wait in memory for sums. */
INLINE void add_pairs8(__m256i *sum, __m256i without_sign, __m256i with_sign) {
    __m256i product;
    __asm__ volatile("vpmaddubsw %3, %2, %1\n\tvpaddw %1, %0, %0" : "+x"(*sum), "=&x"(product) : "x"(without_sign), "x"(with_sign));
}

/*
 * A tile times `groups` groups, at most 4, added to its sums: high bytes are |15 * -128 * 2| a pair, so 8 pairs fit 16 bits; low bytes
 * 15 * 255 * 2 a pair, 8 of which fit 16 bits without sign: their sum starts at -2^15, which in the end counts as -2^16 for each channel
 * and call. All 16 registers are taken: 8 sums, 4 pieces of the row, which all channels share, and what becomes of the weights.
 */
INLINE void four_groups(const uint8_t *w, const uint8_t *a, int groups, int32_t *sums) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i high[4], low[4];
    for (int c = 0; c < 4; c++) {
        high[c] = _mm256_setzero_si256();
        low[c] = _mm256_set1_epi16(INT16_MIN);
    }
    for (int g = 0; g < groups; g++, w += 128, a += 16) {
        /* The compiler must not bring the pieces of the next groups to registers and spill the sums. */
        __asm__ volatile("" ::: "memory");
        __m256i high0 = pair((const int16_t *)(const void *)a), high1 = pair((const int16_t *)(const void *)(a + 4));
        __m256i low0 = pair((const int16_t *)(const void *)(a + 8)), low1 = pair((const int16_t *)(const void *)(a + 12));
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++) {
            __m256i x = load(w + 32 * c);
            __m256i u = _mm256_and_si256(x, nibble);
            add_pairs8(&high[c], u, high0);
            add_pairs8(&low[c], low0, u);
            u = _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble);
            add_pairs8(&high[c], u, high1);
            add_pairs8(&low[c], low1, u);
        }
    }
    for (int c = 0; c < 4; c++) {
        __m256i both = _mm256_add_epi32(_mm256_madd_epi16(high[c], _mm256_set1_epi16(256)), _mm256_madd_epi16(low[c], _mm256_set1_epi16(1)));
        _mm256_storeu_si256((__m256i *)(sums + 8 * c), _mm256_add_epi32(both, load(sums + 8 * c)));
    }
}

static void dot4(const uint8_t *w, const uint8_t *a, int groups, int32_t *sums) {
    for (int c = 0; c < 4; c++) {
        _mm256_storeu_si256((__m256i *)(sums + 8 * c), _mm256_set1_epi32((groups + 3) / 4 << 16));
    }
    int g = 0;
    for (; g + 4 <= groups; g += 4, w += 512, a += 64) {
        for (int line = 0; line < 512; line += 64) {
            _mm_prefetch((const char *)w + AHEAD + line, _MM_HINT_T0);
        }
        four_groups(w, a, 4, sums);
    }
    if (g < groups) {
        four_groups(w, a, groups - g, sums);
    }
}

static void dot8(const uint8_t *w, const uint8_t *prepared, int groups, int32_t *sums) {
    const int16_t *a = (const int16_t *)(const void *)prepared;
    __m256i acc[4];
    for (int c = 0; c < 4; c++) {
        acc[c] = _mm256_setzero_si256();
    }
    for (int g = 0; g < groups; g++, w += 128, a += 4) {
        __m256i even = pair(a), odd = pair(a + 2);
        _mm_prefetch((const char *)w + AHEAD, _MM_HINT_T0);
        _mm_prefetch((const char *)w + AHEAD + 64, _MM_HINT_T0);
        for (int c = 0; c < 4; c++) {
            __m256i x = load(w + 32 * c);
            acc[c] = _mm256_add_epi32(acc[c], _mm256_madd_epi16(_mm256_srai_epi16(x, 8), odd));
            acc[c] = _mm256_add_epi32(acc[c], _mm256_madd_epi16(_mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8), even));
        }
    }
    for (int c = 0; c < 4; c++) {
        _mm256_storeu_si256((__m256i *)(sums + 8 * c), acc[c]);
    }
}

/* Of 8 words of 4 bytes, bytes k and k + 1, and k + 2 and k + 3, to the lower halves of 16-bit lanes, or to the upper halves. */
#define SPREAD(a, b, c, d) _mm256_broadcastsi128_si256(_mm_setr_epi8(a, b, c, d, a + 4 * (a >= 0), b + 4 * (b >= 0), c + 4 * (c >= 0), \
        d + 4 * (d >= 0), a + 8 * (a >= 0), b + 8 * (b >= 0), c + 8 * (c >= 0), d + 8 * (d >= 0), a + 12 * (a >= 0), b + 12 * (b >= 0), \
        c + 12 * (c >= 0), d + 12 * (d >= 0)))

static void unpack4(const uint8_t *w, int groups, int16_t *panel) {
    const __m256i first = SPREAD(0, -1, 1, -1), second = SPREAD(2, -1, 3, -1), nibble = _mm256_set1_epi16(15), eight = _mm256_set1_epi16(8);
    for (int g = 0; g < groups; g++, w += 128, panel += 4 * NR * 2) {
        for (int c = 0; c < 2; c++) {
            __m256i x = load(w + 32 * c);
            __m256i *to = (__m256i *)(void *)(panel + c * 16);
            for (int h = 0; h < 2; h++, to += NR / 8) {
                __m256i two = _mm256_shuffle_epi8(x, h == 0 ? first : second);
                _mm256_storeu_si256(to, _mm256_sub_epi16(_mm256_and_si256(two, nibble), eight));
                _mm256_storeu_si256(to + NR / 4, _mm256_sub_epi16(_mm256_srli_epi16(two, 4), eight));
            }
        }
    }
}

static void unpack8(const uint8_t *w, int groups, int16_t *panel) {
    const __m256i first = SPREAD(-1, 0, -1, 1), second = SPREAD(-1, 2, -1, 3);
    for (int g = 0; g < groups; g++, w += 128, panel += 2 * NR * 2) {
        for (int c = 0; c < 2; c++) {
            __m256i x = load(w + 32 * c);
            __m256i *to = (__m256i *)(void *)(panel + c * 16);
            _mm256_storeu_si256(to, _mm256_srai_epi16(_mm256_shuffle_epi8(x, first), 8));
            _mm256_storeu_si256(to + NR / 8, _mm256_srai_epi16(_mm256_shuffle_epi8(x, second), 8));
        }
    }
}

/* The same for pairs of 16 bits and sums of 32. */
INLINE void add_pairs16(__m256i *sum, __m256i w, __m256i a) {
    __m256i product;
    __asm__ volatile("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(*sum), "=&x"(product) : "x"(w), "x"(a));
}

/* One pair of each row. */
INLINE void micro_step(const int mr, const int16_t *const *rows, int at, const int16_t *panel, __m256i acc[MR][2]) {
    __asm__ volatile("" ::: "memory");
    __m256i w0 = load(panel), w1 = load(panel + 16);
#pragma GCC unroll 6
    for (int i = 0; i < mr; i++) {
        __m256i a = pair(rows[i] + at);
        add_pairs16(&acc[i][0], w0, a);
        add_pairs16(&acc[i][1], w1, a);
    }
}

INLINE void micro_rows(const int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    __m256i acc[MR][2];
#pragma GCC unroll 6
    for (int i = 0; i < mr; i++) {
        acc[i][0] = add ? load(sums + i * NR) : _mm256_setzero_si256();
        acc[i][1] = add ? load(sums + i * NR + 8) : _mm256_setzero_si256();
    }
    for (int s = 0; s < segments; s++, rows += MR) {
        const int16_t *p[MR];
#pragma GCC unroll 6
        for (int i = 0; i < mr; i++) {
            p[i] = rows[i];
        }
        int k = 0;
        for (; k + 2 <= pairs; k += 2, panel += NR * 4) {
            micro_step(mr, p, 2 * k, panel, acc);
            micro_step(mr, p, 2 * k + 2, panel + NR * 2, acc);
        }
        for (; k < pairs; k++, panel += NR * 2) {
            micro_step(mr, p, 2 * k, panel, acc);
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < mr; i++) {
        _mm256_storeu_si256((__m256i *)(sums + i * NR), acc[i][0]);
        _mm256_storeu_si256((__m256i *)(sums + i * NR + 8), acc[i][1]);
    }
}

static void micro(int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    switch (mr) {
    case 1: micro_rows(1, rows, segments, pairs, panel, sums, add); break;
    case 2: micro_rows(2, rows, segments, pairs, panel, sums, add); break;
    case 3: micro_rows(3, rows, segments, pairs, panel, sums, add); break;
    case 4: micro_rows(4, rows, segments, pairs, panel, sums, add); break;
    case 5: micro_rows(5, rows, segments, pairs, panel, sums, add); break;
    default: micro_rows(6, rows, segments, pairs, panel, sums, add); break;
    }
}

#include "all.h"

const an_level an_avx2 = AN_LEVEL;
#endif
