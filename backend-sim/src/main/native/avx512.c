/* Level 2: AVX-512 (F, BW, DQ, VL) with VNNI. Products of s16 pairs by vpdpwssd, 4-bit weights against bytes by vpdpbusd. */
#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
#include "level.h"
#include "x86.h"

#define MR 12
#define NR 32
/* Bytes ahead of the weights in use that are asked for: some lines more than the processor fetches by itself. */
#define AHEAD 2048

#define INLINE static inline __attribute__((always_inline))

INLINE __m512i load512(const void *p) {
    return _mm512_loadu_si512(p);
}

INLINE __m512i word(const void *p) {
    int32_t both;
    memcpy(&both, p, 4);
    return _mm512_set1_epi32(both);
}

static void dot4(const uint8_t *w, const uint8_t *a, int groups, int32_t *sums) {
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512i high0 = _mm512_setzero_si512(), high1 = high0, low0 = high0, low1 = high0;
    for (int g = 0; g < groups; g++, w += 128, a += 16) {
        _mm_prefetch((const char *)w + AHEAD, _MM_HINT_T0);
        _mm_prefetch((const char *)w + AHEAD + 64, _MM_HINT_T0);
        __m512i x0 = load512(w), x1 = load512(w + 64);
        __m512i u0 = _mm512_and_si512(x0, nibble), u1 = _mm512_and_si512(x1, nibble);
        high0 = _mm512_dpbusd_epi32(high0, u0, word(a));
        high1 = _mm512_dpbusd_epi32(high1, u1, word(a));
        low0 = _mm512_dpbusd_epi32(low0, word(a + 8), u0);
        low1 = _mm512_dpbusd_epi32(low1, word(a + 8), u1);
        u0 = _mm512_and_si512(_mm512_srli_epi16(x0, 4), nibble);
        u1 = _mm512_and_si512(_mm512_srli_epi16(x1, 4), nibble);
        high0 = _mm512_dpbusd_epi32(high0, u0, word(a + 4));
        high1 = _mm512_dpbusd_epi32(high1, u1, word(a + 4));
        low0 = _mm512_dpbusd_epi32(low0, word(a + 12), u0);
        low1 = _mm512_dpbusd_epi32(low1, word(a + 12), u1);
    }
    _mm512_storeu_si512(sums, _mm512_add_epi32(_mm512_slli_epi32(high0, 8), low0));
    _mm512_storeu_si512(sums + 16, _mm512_add_epi32(_mm512_slli_epi32(high1, 8), low1));
}

static void dot8(const uint8_t *w, const uint8_t *a, int groups, int32_t *sums) {
    __m512i acc0 = _mm512_setzero_si512(), acc1 = acc0, acc2 = acc0, acc3 = acc0;
    for (int g = 0; g < groups; g++, w += 128, a += 8) {
        _mm_prefetch((const char *)w + AHEAD, _MM_HINT_T0);
        _mm_prefetch((const char *)w + AHEAD + 64, _MM_HINT_T0);
        __m512i x0 = load512(w), x1 = load512(w + 64);
        acc0 = _mm512_dpwssd_epi32(acc0, _mm512_srai_epi16(x0, 8), word(a + 4));
        acc1 = _mm512_dpwssd_epi32(acc1, _mm512_srai_epi16(x1, 8), word(a + 4));
        acc2 = _mm512_dpwssd_epi32(acc2, _mm512_srai_epi16(_mm512_slli_epi16(x0, 8), 8), word(a));
        acc3 = _mm512_dpwssd_epi32(acc3, _mm512_srai_epi16(_mm512_slli_epi16(x1, 8), 8), word(a));
    }
    _mm512_storeu_si512(sums, _mm512_add_epi32(acc0, acc2));
    _mm512_storeu_si512(sums + 16, _mm512_add_epi32(acc1, acc3));
}

/* 16 words of 4 s8 to two vectors of 16 pairs of s16: k and k + 1, k + 2 and k + 3. */
INLINE void widen(__m512i x, int16_t *first, int16_t *second) {
    __m512i odd = _mm512_srai_epi16(x, 8), even = _mm512_srai_epi16(_mm512_slli_epi16(x, 8), 8);
    /* Lanes of 32 bits: even has k, k + 2; odd k + 1, k + 3. */
    _mm512_storeu_si512(first, _mm512_mask_blend_epi16(0xAAAAAAAA, even, _mm512_slli_epi32(odd, 16)));
    _mm512_storeu_si512(second, _mm512_mask_blend_epi16(0xAAAAAAAA, _mm512_srli_epi32(even, 16), odd));
}

static void unpack4(const uint8_t *w, int groups, int16_t *panel) {
    const __m512i nibble = _mm512_set1_epi8(15), eight = _mm512_set1_epi8(8);
    for (int g = 0; g < groups; g++, w += 128, panel += 4 * NR * 2) {
        for (int c = 0; c < 2; c++) {
            int16_t *to = panel + c * 32;
            __m512i x = load512(w + 64 * c);
            widen(_mm512_sub_epi8(_mm512_and_si512(x, nibble), eight), to, to + NR * 2);
            widen(_mm512_sub_epi8(_mm512_and_si512(_mm512_srli_epi16(x, 4), nibble), eight), to + 2 * NR * 2, to + 3 * NR * 2);
        }
    }
}

static void unpack8(const uint8_t *w, int groups, int16_t *panel) {
    for (int g = 0; g < groups; g++, w += 128, panel += 2 * NR * 2) {
        for (int c = 0; c < 2; c++) {
            widen(load512(w + 64 * c), panel + c * 32, panel + c * 32 + NR * 2);
        }
    }
}

INLINE void micro_rows(const int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    __m512i acc[MR][2];
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
        acc[i][0] = add ? load512(sums + i * NR) : _mm512_setzero_si512();
        acc[i][1] = add ? load512(sums + i * NR + 16) : _mm512_setzero_si512();
    }
    for (int s = 0; s < segments; s++, rows += MR) {
        for (int k = 0; k < pairs; k++, panel += NR * 2) {
            __m512i w0 = load512(panel), w1 = load512(panel + 32);
#pragma GCC unroll 12
            for (int i = 0; i < mr; i++) {
                __m512i a = word(rows[i] + 2 * k);
                acc[i][0] = _mm512_dpwssd_epi32(acc[i][0], w0, a);
                acc[i][1] = _mm512_dpwssd_epi32(acc[i][1], w1, a);
            }
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
        _mm512_storeu_si512(sums + i * NR, acc[i][0]);
        _mm512_storeu_si512(sums + i * NR + 16, acc[i][1]);
    }
}

static void micro(int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    switch (mr) {
    case 1: micro_rows(1, rows, segments, pairs, panel, sums, add); break;
    case 2: micro_rows(2, rows, segments, pairs, panel, sums, add); break;
    case 3: micro_rows(3, rows, segments, pairs, panel, sums, add); break;
    case 4: micro_rows(4, rows, segments, pairs, panel, sums, add); break;
    case 5: micro_rows(5, rows, segments, pairs, panel, sums, add); break;
    case 6: micro_rows(6, rows, segments, pairs, panel, sums, add); break;
    case 7: micro_rows(7, rows, segments, pairs, panel, sums, add); break;
    case 8: micro_rows(8, rows, segments, pairs, panel, sums, add); break;
    case 9: micro_rows(9, rows, segments, pairs, panel, sums, add); break;
    case 10: micro_rows(10, rows, segments, pairs, panel, sums, add); break;
    case 11: micro_rows(11, rows, segments, pairs, panel, sums, add); break;
    default: micro_rows(12, rows, segments, pairs, panel, sums, add); break;
    }
}

#include "all.h"

const an_level an_avx512 = AN_LEVEL;
#endif
