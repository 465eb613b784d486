package org.autoneural.model;

import java.util.List;
import org.autoneural.ir.StateBinding;

/**
 * What all layers of one decoder graph read.
 *
 * @param pos     value s32[1]: position of row 0
 * @param nValid  value s32[1]: rows that count, 1..N
 * @param cos     value [context, d/2] of the rotary embedding
 * @param sin     value [context, d/2]
 * @param context tokens that the caches hold
 * @param states  filled by the mixers, in the order of the layers
 */
record TokenInputs(String pos, String nValid, String cos, String sin, int context, List<StateBinding> states) {}
