// What this CPU and its operating system can run, by CPUID bits and XGETBV; never by the CPU's model.
#pragma once

namespace steepest {

bool cpu_has_avx2();    // AVX2 and FMA, with the operating system saving their registers
bool cpu_has_avx512();  // AVX-512 F, DQ, BW, VL, likewise

}  // namespace steepest
