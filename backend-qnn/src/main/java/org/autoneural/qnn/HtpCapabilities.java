package org.autoneural.qnn;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.Capabilities.Storage;
import org.autoneural.ir.DType;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.Rule;

/** The rules of a chip as the quantizer asks for them: limits of operands to 8 bits become limits of what a tensor is there for. */
final class HtpCapabilities {
    private HtpCapabilities() {}

    static Capabilities of(HtpTable htp) {
        List<Capabilities.Rule> rules = new ArrayList<>();
        htp.rules().forEach(r -> rules.add(new Capabilities.Rule(r.code(), storage(r), r.text(), r.source())));
        rules.add(new Capabilities.Rule("HTP-CONTEXT", "one context stays below " + htp.soc().contextBytes() + " bytes", htp.soc().source()));
        return new Capabilities(rules);
    }

    private static Optional<Storage> storage(Rule rule) {
        if (rule.kind() == Rule.Kind.ACTIVATION) {
            return Optional.of(new Storage(Role.ACTIVATION, EnumSet.of(DType.S8, DType.S16)));
        }
        if (rule.kind() != Rule.Kind.TYPE || !rule.arguments().get(0).equals("in1")) {
            return Optional.empty();
        }
        Set<DType> eight = EnumSet.of(DType.S8);
        if (rule.ops().contains("MatMul")) {
            return Optional.of(new Storage(Role.MATMUL_B, eight));
        } else if (rule.ops().contains("RmsNorm")) {
            return Optional.of(new Storage(Role.NORM_GAIN, eight));
        }
        return Optional.of(new Storage(Role.WEIGHT, EnumSet.of(DType.S4, DType.S8)));
    }
}
