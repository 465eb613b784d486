/* Products of activations, by the same inner loops; what matrix.h defines is used here. */

typedef struct {
    int16_t *packed;          /* [block_rows][even depth], rows that cannot be read where they lie */
    const int16_t **pointers; /* [block_rows] */
    uint8_t *words;           /* a block of b in the layout of 8-bit weights */
    int16_t *panel;           /* as in matrix.h */
    int32_t *sums;            /* [TILE / NR][block_rows][NR] */
    int64_t *wide;            /* as sums, when a block's sums do not add up in 32 bits */
    int64_t size;
} product_room;

/* Rows are read where they lie if they need no change and end with a pair; a causal row of values ends before its neighbours do. */
static inline int product_direct(const an_product *p) {
    return p->a_bytes == 2 && p->zero_a == 0 && p->depth % 2 == 0 && (p->transposed || !p->causal);
}

static inline int even_depth(int depth) {
    return (depth + 7) / 8 * 8;
}

static product_room product_room_of(const an_product *p, uint8_t *base) {
    product_room r;
    int64_t at = 0, rows = p->block_rows;
    memset(&r, 0, sizeof r);
#define TAKE(field, type, bytes) do { r.field = (type)(void *)(base + at); at += align64(bytes); } while (0)
    TAKE(packed, int16_t *, product_direct(p) ? 0 : rows * even_depth(p->depth) * 2);
    TAKE(pointers, const int16_t **, rows * (int64_t)sizeof(int16_t *));
    TAKE(words, uint8_t *, (int64_t)BLOCK_DEPTH * TILE);
    TAKE(panel, int16_t *, (int64_t)BLOCK_DEPTH * TILE * 2);
    TAKE(sums, int32_t *, rows * TILE * 4);
    TAKE(wide, int64_t *, p->safe_depth < p->depth ? rows * TILE * 8 : 0);
#undef TAKE
    r.size = at;
    return r;
}

/* Positions that row r of a group sees. */
static inline int live(const an_product *p, int r, int position) {
    if (!p->causal) {
        return INT32_MAX;
    }
    int64_t n = (int64_t)position + r % p->m + 1;
    return n > INT32_MAX ? INT32_MAX : (int)n;
}

/* A row of a as s16 without zero point, `own` values and zeros up to `deep`. */
static void pack_row(const an_product *p, const an_arrays *d, ptrdiff_t at, int own, int deep, int16_t *to) {
    for (int k = 0; k < own; k++) {
        to[k] = (int16_t)((p->a_bytes == 2 ? d->x16[at + k] : d->x8[at + k]) - p->zero_a);
    }
    memset(to + own, 0, (size_t)(deep - own) * 2);
}

/* Columns n.. of b, `width` of them, products k..k+depth-1, as words of 4 k: [groups of 4][32][4], zeros beyond. */
static void fill_words(const an_product *p, const int8_t *b, int n, int width, int k, int depth, uint8_t *words) {
    int groups = (depth + 3) / 4;
    if (width < TILE || depth % 4 != 0) {
        memset(words, 0, (size_t)groups * 128);
    }
    if (p->transposed) {
        for (int c = 0; c < width; c++) {
            const int8_t *row = b + (ptrdiff_t)(n + c) * p->depth + k;
            for (int g = 0; g < depth / 4; g++) {
                memcpy(words + g * 128 + c * 4, row + g * 4, 4);
            }
            memcpy(words + depth / 4 * 128 + c * 4, row + depth / 4 * 4, (size_t)(depth % 4));
        }
        return;
    }
    for (int g = 0; g < groups; g++) {
        const int8_t *row = b + (ptrdiff_t)(k + g * 4) * p->columns + n;
        uint8_t *to = words + g * 128;
        if (g * 4 + 4 <= depth && width == TILE) {
            for (int c = 0; c < TILE; c++) {
                for (int j = 0; j < 4; j++) {
                    to[c * 4 + j] = (uint8_t)row[(ptrdiff_t)j * p->columns + c];
                }
            }
        } else {
            for (int j = 0; j < least(4, depth - g * 4); j++) {
                for (int c = 0; c < width; c++) {
                    to[c * 4 + j] = (uint8_t)row[(ptrdiff_t)j * p->columns + c];
                }
            }
        }
    }
}

/* One tile of columns for a block of rows; deep: products that some row of the block needs. */
static int product_tile(const an_product *p, an_scale scale, const an_arrays *d, const int8_t *b, const product_room *r,
                        int64_t *failed, int narrow, int position, int first, int rows, ptrdiff_t row_at, int deep, int n, int width) {
    int spills = p->safe_depth < p->depth && !narrow;
    int most = (spills && p->safe_depth < BLOCK_DEPTH ? p->safe_depth : BLOCK_DEPTH) / 8 * 8;
    if (spills) {
        memset(r->wide, 0, (size_t)rows * TILE * 8);
    }
    for (int k = 0; k < deep; k += most) {
        int depth = least(most, deep - k);
        int pairs = (depth + 3) / 4 * 2;
        fill_words(p, b, n, width, k, depth, r->words);
        part_order order = part_order_of(rows, width, pairs);
        for (int part = 0; part < order.count; part++) {
            int h = part_column(&order, part), i = part_row(&order, part);
            int16_t *panel = r->panel + part_panel(&order, h, pairs);
            if (i == 0) {
                unpack8(r->words + h * NR * 4, pairs / 2, panel);
                for (int j = 0; p->zero_b != 0 && j < pairs * NR * 2; j++) {
                    panel[j] = (int16_t)(panel[j] - p->zero_b);
                }
            }
            int mr = least(MR, rows - i);
            const int16_t *pointers[MR];
            for (int j = 0; j < mr; j++) {
                pointers[j] = r->pointers[i + j] + k;
                prefetch_result((const an_rescale *)p, d, p->y_at + (row_at + i + j) * p->columns + n + h * NR);
            }
            int32_t *sums = r->sums + ((ptrdiff_t)h * rows + i) * NR;
            int64_t *wide = r->wide + ((ptrdiff_t)h * rows + i) * NR;
            micro(mr, pointers, 1, (depth + 1) / 2, panel, sums, k > 0 && !spills);
            for (int j = 0; spills && j < mr * NR; j++) {
                wide[j] += sums[j];
            }
            for (int j = 0; k + depth == deep && j < mr; j++) {
                int seen = p->transposed ? live(p, first + i + j, position) - n - h * NR : INT32_MAX;
                int count = least(least(NR, width - h * NR), seen);
                ptrdiff_t at = p->y_at + (row_at + i + j) * p->columns + n + h * NR;
                int bad = count <= 0 ? 0
                        : spills ? store_wide((const an_rescale *)p, scale, wide + j * NR, 0, count, d, at, failed)
                                 : store((const an_rescale *)p, scale, sums + j * NR, narrow, 0, count, d, at, failed);
                if (bad) {
                    return bad;
                }
            }
        }
    }
    return 0;
}

static int32_t product_run(const an_product *p, const int64_t *scale, const an_arrays *d, const int8_t *b, uint8_t *scratch, int64_t *failed,
                           int32_t position, int32_t from, int32_t to) {
    product_room r = product_room_of(p, scratch + (-(uintptr_t)scratch & (ALIGN - 1)));
    int blocks = (p->rows + p->block_rows - 1) / p->block_rows;
    for (int unit = from; unit < to; unit++) {
        int group = unit / blocks, first = unit % blocks * p->block_rows;
        int rows = least(p->block_rows, p->rows - first);
        ptrdiff_t row_at = (ptrdiff_t)group * p->rows + first;
        int needed = 0;
        for (int i = 0; i < rows; i++) {
            int n = live(p, first + i, position);
            needed = n > needed ? n : needed;
        }
        int narrow = p->accumulator != AN_I32_WRAP;
        int deep = p->transposed ? p->depth : least(p->depth, needed);
        int wide = p->transposed ? least(p->columns, needed) : p->columns;
        for (int i = 0; i < rows; i++) {
            ptrdiff_t at = p->a_at + (row_at + i) * p->depth;
            if (product_direct(p)) {
                r.pointers[i] = d->x16 + at;
            } else {
                int16_t *row = r.packed + (ptrdiff_t)i * even_depth(p->depth);
                pack_row(p, d, at, p->transposed ? p->depth : least(p->depth, live(p, first + i, position)), even_depth(deep), row);
                r.pointers[i] = row;
            }
            narrow = narrow && is_narrow((const an_rescale *)p, magnitude(r.pointers[i], deep), 128 + abs(p->zero_b));
        }
        const int8_t *matrix = b + p->b_at + (ptrdiff_t)group * p->depth * p->columns;
        for (int n = 0; n < wide; n += TILE) {
            int bad = product_tile(p, an_scale_of(scale, TILE), d, matrix, &r, failed, narrow, position, first, rows, row_at, deep, n,
                                   least(TILE, wide - n));
            if (bad) {
                return bad;
            }
        }
        for (int i = 0; p->transposed && p->fill && i < rows; i++) {
            int n = least(p->columns, live(p, first + i, position));
            fill(d, p->y_bytes, p->y_at + (row_at + i) * p->columns + n, p->columns - n, p->zero_out);
        }
    }
    return 0;
}

/* The same at every level: NR does not enter the sizes. */
static int64_t product_scratch(const an_product *p) {
    return product_room_of(p, (uint8_t *)ALIGN).size + ALIGN;
}
