// A device that computes nothing. llama.cpp makes a backend of every accelerator, before the CPU's, and whenever it has
// built a graph it asks each backend with the CPU's memory whether it would compute the nodes that the CPU has. That is
// when a node can be changed: its answer is always no, so that the graph stays in one piece on the CPU's threads.
#include "attention/hook.h"

#include <mutex>
#include <string_view>

#include "ggml-backend-impl.h"
#include "ggml-backend.h"
#include "ggml.h"

namespace espalier::attention {

namespace {

constexpr const char *name = "espalier-tree";
constexpr const char *exchange_name = "espalier_exchange_taker_1";

thread_local Taker current{nullptr, nullptr};

Taker exchange(Taker taker) {
    const Taker before = current;
    current = taker;
    return before;
}

const char *backend_name(ggml_backend_t) { return name; }

void backend_free(ggml_backend_t backend) { delete backend; }

// No node is ever given to it.
ggml_status backend_compute(ggml_backend_t, ggml_cgraph *) { return GGML_STATUS_FAILED; }

ggml_guid_t guid() {
    static ggml_guid own = {'e', 's', 'p', 'a', 'l', 'i', 'e', 'r', '-', 't', 'r', 'e', 'e', 0, 0, 1};
    return &own;
}

ggml_backend_t device_init(ggml_backend_dev_t device, const char *) {
    ggml_backend_i functions{};
    functions.get_name = backend_name;
    functions.free = backend_free;
    functions.graph_compute = backend_compute;
    return new ggml_backend{guid(), functions, device, nullptr};
}

const char *device_name(ggml_backend_dev_t) { return name; }

const char *device_description(ggml_backend_dev_t) { return "offers attention to libespalier, computes nothing"; }

void device_memory(ggml_backend_dev_t, size_t *free, size_t *total) { *free = *total = 0; }

enum ggml_backend_dev_type device_type(ggml_backend_dev_t) { return GGML_BACKEND_DEVICE_TYPE_ACCEL; }

void device_properties(ggml_backend_dev_t device, ggml_backend_dev_props *properties) {
    *properties = {};
    properties->name = device_name(device);
    properties->description = device_description(device);
    properties->type = device_type(device);
}

ggml_backend_buffer_type_t device_buffer_type(ggml_backend_dev_t) { return ggml_backend_cpu_buffer_type(); }

bool device_supports_op(ggml_backend_dev_t, const ggml_tensor *node) {
    if (node->op == GGML_OP_FLASH_ATTN_EXT && current.offer != nullptr) {
        current.offer(current.self, node);
    }
    return false;
}

bool device_supports_buffer(ggml_backend_dev_t, ggml_backend_buffer_type_t type) {
    return ggml_backend_buft_is_host(type);
}

const char *registry_name(ggml_backend_reg_t) { return name; }

size_t registry_count(ggml_backend_reg_t) { return 1; }

ggml_backend_dev_t registry_device(ggml_backend_reg_t registry, size_t) {
    static ggml_backend_device device = [registry] {
        ggml_backend_device made{};
        made.iface.get_name = device_name;
        made.iface.get_description = device_description;
        made.iface.get_memory = device_memory;
        made.iface.get_type = device_type;
        made.iface.get_props = device_properties;
        made.iface.init_backend = device_init;
        made.iface.get_buffer_type = device_buffer_type;
        made.iface.supports_op = device_supports_op;
        made.iface.supports_buft = device_supports_buffer;
        made.reg = registry;
        return made;
    }();
    return &device;
}

void *registry_function(ggml_backend_reg_t, const char *wanted) {
    return std::string_view(wanted) == exchange_name ? reinterpret_cast<void *>(exchange) : nullptr;
}

using Exchange = Taker (*)(Taker);

// Another class loader's copy of this library may have registered: there is one hook in a process, and its function is
// found by name.
Exchange install() {
    static std::mutex mutex;
    std::lock_guard<std::mutex> guard(mutex);
    ggml_backend_dev_t device = ggml_backend_dev_by_name(name);
    if (device == nullptr) {
        static ggml_backend_reg registry = [] {
            ggml_backend_reg made{};
            made.api_version = GGML_BACKEND_API_VERSION;
            made.iface.get_name = registry_name;
            made.iface.get_device_count = registry_count;
            made.iface.get_device = registry_device;
            made.iface.get_proc_address = registry_function;
            return made;
        }();
        ggml_backend_register(&registry);
        return exchange;
    }
    return reinterpret_cast<Exchange>(
        ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), exchange_name));
}

Exchange installed() {
    static const Exchange found = install();
    return found;
}

}  // namespace

bool install_hook() { return installed() != nullptr; }

Taker exchange_taker(Taker taker) { return installed()(taker); }

}  // namespace espalier::attention
