package org.autoneural.ir.math.encode;

/**
 * One ratio per output channel: {@code multiplier[c] * 2^-shift[c]}.
 *
 * @param multiplier [channels] 0 to 2^31 - 1
 * @param shift [channels] 1 to 62
 */
public record ChannelMultipliers(int[] multiplier, int[] shift) {
}
