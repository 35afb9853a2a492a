#include "backend_calls.h"

#include "ggml-backend.h"

#ifdef __linux__
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#endif

namespace espalier {

void *backend_function(const char *name) {
    ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    return device == nullptr ? nullptr
                             : ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name);
}

#if defined(__linux__) && __ELF_NATIVE_CLASS == 64

namespace {

// The table through which a library calls the functions that another library could replace.
class CallTable {
   public:
    explicit CallTable(const link_map *library) : base_(library->l_addr) {
        bool with_addends = false;
        for (const ElfW(Dyn) *item = library->l_ld; item->d_tag != DT_NULL; ++item) {
            switch (item->d_tag) {
                case DT_SYMTAB:
                    symbols_ = reinterpret_cast<const ElfW(Sym) *>(item->d_un.d_ptr);
                    break;
                case DT_STRTAB:
                    names_ = reinterpret_cast<const char *>(item->d_un.d_ptr);
                    break;
                case DT_JMPREL:
                    entries_ = reinterpret_cast<const ElfW(Rela) *>(item->d_un.d_ptr);
                    break;
                case DT_PLTRELSZ:
                    count_ = item->d_un.d_val / sizeof(ElfW(Rela));
                    break;
                case DT_PLTREL:
                    with_addends = item->d_un.d_val == DT_RELA;
                    break;
                default:
                    break;
            }
        }
        if (!with_addends || symbols_ == nullptr || names_ == nullptr || entries_ == nullptr) {
            count_ = 0;
        }
    }

    // Null if the library calls no function of this name through the table.
    const ElfW(Rela) *entry(const char *function) const {
        for (const ElfW(Rela) *at = entries_; at < entries_ + count_; ++at) {
            if (std::strcmp(names_ + symbol(at).st_name, function) == 0) {
                return at;
            }
        }
        return nullptr;
    }

    void **slot(const ElfW(Rela) *entry) const { return reinterpret_cast<void **>(base_ + entry->r_offset); }

    // Null if the function is another library's.
    void *own_function(const ElfW(Rela) *entry) const {
        const ElfW(Sym) &found = symbol(entry);
        return found.st_shndx == SHN_UNDEF ? nullptr : reinterpret_cast<void *>(base_ + found.st_value);
    }

   private:
    const ElfW(Sym) &symbol(const ElfW(Rela) *entry) const { return symbols_[ELF64_R_SYM(entry->r_info)]; }

    ElfW(Addr) base_;
    const ElfW(Sym) *symbols_ = nullptr;
    const char *names_ = nullptr;
    const ElfW(Rela) *entries_ = nullptr;
    size_t count_ = 0;
};

const link_map *library_of(const void *address) {
    Dl_info info;
    void *library = nullptr;
    const bool found = address != nullptr && dladdr1(address, &info, &library, RTLD_DL_LINKMAP) != 0;
    return found ? static_cast<const link_map *>(library) : nullptr;
}

bool write_slot(void **slot, void *function) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    auto *start = reinterpret_cast<void *>(reinterpret_cast<uintptr_t>(slot) / page * page);
    // A library that is bound as a whole when it is loaded has its table read-only.
    if (mprotect(start, page, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    __atomic_store_n(slot, function, __ATOMIC_RELEASE);
    return true;
}

}  // namespace

Redirected redirect_backend_call(const char *function, void *replacement) {
    // Any function of the backend leads to its library.
    const link_map *library = library_of(backend_function("ggml_threadpool_new"));
    if (library == nullptr) {
        return {};
    }
    const CallTable table(library);
    const ElfW(Rela) *entry = table.entry(function);
    if (entry == nullptr || table.own_function(entry) == nullptr || table.entry("GOMP_parallel") != nullptr ||
        table.entry("__kmpc_fork_call") != nullptr) {
        return {};
    }
    void **slot = table.slot(entry);
    if (library_of(*slot) != library) {
        return {true, nullptr};
    }
    return write_slot(slot, replacement) ? Redirected{true, table.own_function(entry)} : Redirected{};
}

#else

Redirected redirect_backend_call(const char *, void *) { return {}; }

#endif

}  // namespace espalier
