package org.autoneural.qnn.map;

/** A node that the mapping has no legal form for: what was found against what is allowed, and what to do. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String allowed;
    private final String remedy;

    Refusal(String found, String allowed, String remedy) {
        super(found);
        this.allowed = allowed;
        this.remedy = remedy;
    }

    String allowed() {
        return allowed;
    }

    String remedy() {
        return remedy;
    }
}
