package org.autoneural.ir.op;

import org.autoneural.ir.Shape;

/** Order of the axes of a picture-like tensor. Checkpoints are NCHW; the INTEGER stage and the kernels are NHWC. */
public enum Layout {
    /** [1, C, H, W]; convolution weights [O, I/groups, kh, kw]. */
    NCHW,
    /** [1, H, W, C]; convolution weights [O, kh, kw, I/groups]. */
    NHWC;

    /** The axis of the channels. */
    public int channelAxis() {
        return this == NCHW ? 1 : 3;
    }

    /** The axis of the rows of the picture. */
    public int heightAxis() {
        return this == NCHW ? 2 : 1;
    }

    /** The axis of the columns of the picture. */
    public int widthAxis() {
        return this == NCHW ? 3 : 2;
    }

    /** The shape of a picture tensor in this layout. */
    public Shape shape(int batch, int channels, int height, int width) {
        return this == NCHW ? Shape.of(batch, channels, height, width)
                : Shape.of(batch, height, width, channels);
    }

    /** Row-major index of an element of a tensor of shape {@code shape} in this layout. */
    public int index(Shape shape, int batch, int channel, int row, int column) {
        int h = shape.dim(heightAxis()), w = shape.dim(widthAxis()), c = shape.dim(channelAxis());
        return this == NCHW ? ((batch * c + channel) * h + row) * w + column : ((batch * h + row) * w + column) * c + channel;
    }
}
