// Graphs as the conformance provider keeps them.
#pragma once

#include "abi.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace conformance {

using namespace autoneural::qnn;

// Why a call is refused: the number to return and the words for it.
struct Refusal {
    std::uint32_t code;
    std::string text;
};

// Error numbers of the components.
constexpr std::uint32_t UNSUPPORTED = 1000, NO_MEMORY = 1002, DEVICE_ARGUMENT = 1004, OP_INVALID = 3110, BACKEND_HANDLE = 4011,
        BACKEND_CONFIG = 4012, CONTEXT_ARGUMENT = 5000, CONTEXT_HANDLE = 5002, CONTEXT_NOT_FINAL = 5003, CONTEXT_BINARY = 5005,
        CONTEXT_GET = 5007, GRAPH_ARGUMENT = 6000, GRAPH_HANDLE = 6001, GRAPH_UNKNOWN = 6002, GRAPH_NAME = 6003, GRAPH_TENSOR = 6004,
        GRAPH_OP = 6005, GRAPH_FINALIZE = 6022, GRAPH_NOT_FINAL = 6023, GRAPH_FINAL = 6024, TENSOR_EXISTS = 7003, TENSOR_PARAM = 7004,
        LOG_HANDLE = 11004, PROFILE_HANDLE = 12000, DEVICE_HANDLE = 14000, DEVICE_CONFIG = 14001, SYSTEM_HANDLE = 30000,
        SYSTEM_BINARY = 30010;

constexpr std::size_t MAX_RANK = 5;

inline void require(bool ok, std::uint32_t code, const std::string& text) {
    if (!ok) {
        throw Refusal{code, text};
    }
}

// A tensor with its encoding spread out: one scale and offset, or one for each index of `axis`.
struct Facts {
    std::uint32_t id = 0;
    std::string name;
    std::uint32_t kind = 0;
    std::uint32_t type = 0;
    std::vector<std::uint32_t> dims;
    // -1: none
    std::int32_t encoding = -1;
    std::int32_t axis = -1;
    std::uint32_t bits = 0;
    std::vector<float> scales;
    std::vector<std::int32_t> offsets;
    std::vector<unsigned char> data;

    std::size_t elements() const;
    bool sameEncoding(const Facts& other) const;
    std::string print() const;
};

struct Parameter {
    bool tensor = false;
    std::uint32_t type = 0;
    // Bits of a scalar.
    std::uint64_t bits = 0;
    std::uint32_t tensorId = 0;
};

struct NodeFacts {
    std::string name;
    std::string op;
    std::map<std::string, Parameter> params;
    std::vector<std::uint32_t> inputs;
    std::vector<std::uint32_t> outputs;
};

struct GraphState {
    std::string name;
    std::vector<Facts> tensors;
    std::vector<NodeFacts> nodes;
    bool finalized = false;

    const Facts& tensor(std::uint32_t id) const { return tensors[id - 1]; }
    std::vector<const Facts*> side(std::uint32_t kind) const;
};

std::size_t elementBytes(std::uint32_t type);
const char* typeName(std::uint32_t type);
bool fixedPoint(std::uint32_t type);

// rules.cpp

// Takes a tensor apart and checks it by itself.
Facts describe(const Tensor& tensor);
// A node with its tensors, looked at by themselves: what is validated before it is added.
struct NodeView {
    std::string name;
    std::string op;
    std::map<std::string, Parameter> params;
    std::map<std::string, Facts> tensorParams;
    std::vector<Facts> inputs;
    std::vector<Facts> outputs;
};
NodeView view(const OpConfig& config);
// Holds a node against the op table and the rules of Hexagon v68; OP_INVALID.
void check(const NodeView& node);

// execute.cpp

// Values between nodes live here and die with the run.
class Machine {
public:
    explicit Machine(const GraphState& graph);
    ~Machine();
    // inputs and outputs by id.
    void run(const std::map<std::uint32_t, const void*>& inputs, const std::map<std::uint32_t, void*>& outputs);

private:
    struct Inner;
    std::unique_ptr<Inner> inner_;
};
// Whether the provider computes this op; others are only checked.
bool computes(const std::string& op);

}  // namespace conformance
