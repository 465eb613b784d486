package org.autoneural.model;

import org.autoneural.ir.GraphBuilder;

/** From a normalised picture to visual tokens. */
sealed interface VisionEncoder permits MobileNetV5, VitEncoder {
    /** Height and width of the picture unless the caller wants another, in pixels. */
    int defaultPictureSize();

    /** Colour channels of the picture. */
    int channels();

    /** Adds the encoder. picture: [1, channels, H, W]; the result: [T, C], tokens in row-major order. */
    String build(GraphBuilder graph, String picture);
}
