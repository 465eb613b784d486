/**
 * A picture's file to the 8-bit pixels the model reads, in integers only: {@link org.autoneural.image.PictureDecoder},
 * {@link org.autoneural.image.Resize}, {@link org.autoneural.image.Preprocessing}.
 */
package org.autoneural.image;
