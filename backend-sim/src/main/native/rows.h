/* Norms, rotary embeddings and causal convolutions: rows of s16. Loops that a compiler makes vectors of. */

/* Values of a row that become s8 at once. */
#define PIECE 512

static void norm_squares(const an_norm *n, const int16_t *x, int64_t *squares, int from, int to) {
    for (int row = from; row < to; row++) {
        const int16_t *v = x + n->x_at + (ptrdiff_t)row * n->width;
        int64_t sum = 0;
        for (int i = 0; i < n->width; i++) {
            sum += (uint32_t)(v[i] * v[i]);
        }
        squares[row - from] = sum;
    }
}

/* y[i] = clamp(zero_out + (x[i] * gamma[i] * r + 2^(shift-1) >> shift)). */
static void norm_row(const an_norm *n, const int16_t *x, const int16_t *gamma, int count, int32_t r, int shift, int16_t *y) {
    int32_t zero = n->zero_out, min = n->min, max = n->max;
    if (shift > 32) {
        int32_t half = 1 << (shift - 33), more = shift - 32;
        for (int i = 0; i < count; i++) {
            y[i] = (int16_t)an_bounded(zero + an_high(x[i] * gamma[i], r, half, more), min, max);
        }
        return;
    }
    for (int i = 0; i < count; i++) {
        int64_t product = (int64_t)(x[i] * gamma[i]) * r;
        y[i] = (int16_t)an_clamp(zero + ((product + ((int64_t)1 << (shift - 1))) >> shift), min, max);
    }
}

static void narrow(const int16_t *values, int n, int8_t *y) {
    for (int i = 0; i < n; i++) {
        y[i] = (int8_t)values[i];
    }
}

static void norm_run(const an_norm *n, const int16_t *gamma, const int64_t *factors, const an_arrays *d, int from, int to) {
    for (int row = from; row < to; row++) {
        int32_t r = (int32_t)(factors[row - from] >> 6);
        int shift = (int)(factors[row - from] & 63);
        ptrdiff_t at = (ptrdiff_t)row * n->width;
        const int16_t *x = d->x16 + n->x_at + at;
        if (n->y_bytes == 2) {
            norm_row(n, x, gamma, n->width, r, shift, d->y16 + n->y_at + at);
            continue;
        }
        for (int i = 0; i < n->width; i += PIECE) {
            int16_t values[PIECE];
            int count = least(PIECE, n->width - i);
            norm_row(n, x + i, gamma + i, count, r, shift, values);
            narrow(values, count, d->y8 + n->y_at + at + i);
        }
    }
}

/* The pairs j..j+count-1 of a head: values at x and at x + half turn to first and second. */
static void rope_pairs(const an_rope *r, const int16_t *x, int half, const int16_t *cos, const int16_t *sin, int count, int16_t *first, int16_t *second) {
    int32_t multiplier = r->multiplier, round = 1 << (r->shift - 33), more = r->shift - 32, zero = r->zero_out, min = r->min, max = r->max;
    const int16_t *other = x + half;
    for (int j = 0; j < count; j++) {
        first[j] = (int16_t)an_bounded(zero + an_high(x[j] * cos[j] - other[j] * sin[j], multiplier, round, more), min, max);
    }
    for (int j = 0; j < count; j++) {
        second[j] = (int16_t)an_bounded(zero + an_high(x[j] * sin[j] + other[j] * cos[j], multiplier, round, more), min, max);
    }
}

static void rope_run(const an_rope *r, const int16_t *cos, const int16_t *sin, const an_arrays *d, int position, int from, int to) {
    int half = r->width / 2;
    for (int t = from; t < to; t++) {
        int64_t p = (int64_t)position + t < r->positions ? (int64_t)position + t : r->positions - 1;
        for (int h = 0; h < r->heads; h++) {
            ptrdiff_t at = ((ptrdiff_t)t * r->heads + h) * r->width;
            for (int j = 0; j < half; j += PIECE) {
                int16_t values[2][PIECE];
                int count = least(PIECE, half - j);
                ptrdiff_t c = p * half + j, y = r->y_at + at + j;
                int16_t *first = r->y_bytes == 2 ? d->y16 + y : values[0], *second = r->y_bytes == 2 ? d->y16 + y + half : values[1];
                rope_pairs(r, d->x16 + r->x_at + at + j, half, cos + r->cos_at + c, sin + r->sin_at + c, count, first, second);
                if (r->y_bytes == 1) {
                    narrow(first, count, d->y8 + y);
                    narrow(second, count, d->y8 + y + half);
                }
            }
        }
    }
}

/* The sums of a tile of channels for one token; loops of a fixed length, so that they become vectors without a test of their length. */
static void causal_sums(const an_causal *c, const int16_t *const *rows, const int16_t *weights, int o, int count, int32_t *sums) {
    memset(sums, 0, TILE * sizeof *sums);
    for (int j = 0; j < c->taps; j++) {
        const int16_t *x = rows[j] + o, *w = weights + (ptrdiff_t)j * c->channels + o;
        if (count == TILE) {
            for (int i = 0; i < TILE; i++) {
                sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(x[i] * w[i]));
            }
            continue;
        }
        for (int i = 0; i < count; i++) {
            sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(x[i] * w[i]));
        }
    }
}

static int causal_run(const an_causal *c, const int16_t *weights, an_scale scale, const int16_t *state, int16_t *new_state,
                      const an_arrays *d, int64_t *failed, int valid, int from, int to) {
    ptrdiff_t channels = c->channels;
    int before = c->taps - 1;
    const int16_t *old = state + c->state_at, *u = d->x16 + c->u_at;
    for (int t = 0; t < c->tokens; t++) {
        const int16_t *rows[AN_MOST_TAPS];
        for (int j = 0; j < c->taps; j++) {
            int row = t + j - before;
            rows[j] = row < 0 ? old + (row + before) * channels : u + row * channels;
        }
        for (int o = from; o < to; o += TILE) {
            int32_t sums[TILE];
            int count = least(TILE, to - o);
            causal_sums(c, rows, weights, o, count, sums);
            int bad = store((const an_rescale *)c, scale, sums, c->safe, o, count, d, c->y_at + t * channels + o, failed);
            if (bad) {
                return bad;
            }
        }
    }
    /* Oldest row first: each comes from a later one, which is still the old one. */
    for (int r = 0; r < before; r++) {
        int row = valid + r;
        memmove(new_state + c->new_state_at + r * channels + from, (row < before ? old + row * channels : u + (row - before) * channels) + from,
                (size_t)(to - from) * 2);
    }
    return 0;
}
