#include "replaced_functions.h"

// <features.h>, which names the C library, comes with any of its headers.
#include <cstring>

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#define STARGAN_KNOWN_LINKING
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace stargan {

#ifdef STARGAN_KNOWN_LINKING

namespace {

#ifdef __x86_64__
constexpr uint64_t kCallEntry = R_X86_64_JUMP_SLOT, kAddressEntry = R_X86_64_GLOB_DAT;
#else
constexpr uint64_t kCallEntry = R_AARCH64_JUMP_SLOT, kAddressEntry = R_AARCH64_GLOB_DAT;
#endif

struct Entries {
  const ElfW(Rela) * first;
  size_t bytes;
};

/** What the dynamic section of a library tells of the functions that it takes from others. */
struct Imports {
  const char* names = nullptr;
  const ElfW(Sym) * symbols = nullptr;
  Entries calls{nullptr, 0}, others{nullptr, 0};

  explicit Imports(const dl_phdr_info& library) {
    for (int i = 0; i < library.dlpi_phnum; ++i) {
      if (library.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
      const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(library.dlpi_addr + library.dlpi_phdr[i].p_vaddr);
      for (; entry->d_tag != DT_NULL; ++entry) {
        const auto address = entry->d_un.d_ptr;
        if (entry->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(address);
        if (entry->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym)*>(address);
        if (entry->d_tag == DT_JMPREL) calls.first = reinterpret_cast<const ElfW(Rela)*>(address);
        if (entry->d_tag == DT_PLTRELSZ) calls.bytes = entry->d_un.d_val;
        if (entry->d_tag == DT_RELA) others.first = reinterpret_cast<const ElfW(Rela)*>(address);
        if (entry->d_tag == DT_RELASZ) others.bytes = entry->d_un.d_val;
      }
    }
  }
};

/** The part of a library that may only be read once it is loaded. */
bool isProtected(const dl_phdr_info& library, uintptr_t address) {
  for (int i = 0; i < library.dlpi_phnum; ++i) {
    const auto& part = library.dlpi_phdr[i];
    const uintptr_t start = library.dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_GNU_RELRO && address >= start && address < start + part.p_memsz) return true;
  }
  return false;
}

bool write(const dl_phdr_info& library, uintptr_t address, void* function) {
  const bool closed = isProtected(library, address);
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  void* const start = reinterpret_cast<void*>(address / page * page);
  if (closed && mprotect(start, page, PROT_READ | PROT_WRITE) != 0) return false;
  __atomic_store_n(reinterpret_cast<void**>(address), function, __ATOMIC_RELEASE);
  if (closed) mprotect(start, page, PROT_READ);
  return true;
}

struct Order {
  const char* libraries;
  const std::vector<Replacement>& replacements;
  int replaced;
};

void replaceIn(const dl_phdr_info& library, const Imports& imports, Entries entries, Order& order) {
  for (size_t i = 0; i < entries.bytes / sizeof(ElfW(Rela)); ++i) {
    const auto& entry = entries.first[i];
    const uint64_t kind = ELF64_R_TYPE(entry.r_info);
    if (kind != kCallEntry && kind != kAddressEntry) continue;
    const auto& symbol = imports.symbols[ELF64_R_SYM(entry.r_info)];
    // Most entries are of functions that the library has itself; their names are hundreds of megabytes, which stay on the disk.
    if (symbol.st_shndx != SHN_UNDEF) continue;
    const char* const name = imports.names + symbol.st_name;
    for (const Replacement& replacement : order.replacements) {
      if (std::strcmp(name, replacement.name) != 0) continue;
      if (write(library, library.dlpi_addr + entry.r_offset, replacement.function)) ++order.replaced;
    }
  }
}

int visit(dl_phdr_info* library, size_t, void* given) {
  auto& order = *static_cast<Order*>(given);
  const char* const slash = std::strrchr(library->dlpi_name, '/');
  const char* const name = slash == nullptr ? library->dlpi_name : slash + 1;
  if (std::strncmp(name, order.libraries, std::strlen(order.libraries)) != 0) return 0;
  const Imports imports(*library);
  if (imports.names == nullptr || imports.symbols == nullptr) return 0;
  replaceIn(*library, imports, imports.calls, order);
  replaceIn(*library, imports, imports.others, order);
  return 0;
}

}  // namespace

int replaceFunctions(const char* libraries, const std::vector<Replacement>& replacements) {
  Order order{libraries, replacements, 0};
  dl_iterate_phdr(visit, &order);
  return order.replaced;
}

#else

int replaceFunctions(const char*, const std::vector<Replacement>&) { return 0; }

#endif

}  // namespace stargan
