package org.autoneural.qnn.binding;

/**
 * Something the library measured.
 *
 * @param name  the library's name for it, or what its type is known to mean
 * @param type  the library's number of the kind of event
 * @param unit  the library's number of the unit of {@code value}
 * @param depth 0 for an event of the call, 1 for a part of that, and so on
 */
public record ProfileEvent(String name, int type, int unit, long value, int depth) {
    static ProfileEvent of(String identifier, int type, int unit, long value, int depth) {
        return new ProfileEvent(identifier.isEmpty() ? meaning(type) : identifier, type, unit, value, depth);
    }

    /** Events of the HTP that docs/qnn.md lists. */
    private static String meaning(int type) {
        return switch (type) {
            case 3001 -> "host RPC";
            case 3002 -> "HTP RPC";
            case 3003 -> "accelerator cycles";
            case 3004 -> "accelerator microseconds";
            case 3010 -> "VTCM acquire";
            case 3012 -> "exclusive wait";
            case 8001 -> "HVX threads";
            default -> "event " + type;
        };
    }
}
