# add_kernel_isa(<name> <vector registers> [flags...]) compiles cpp/kernels/kernels.cpp for one instruction set, in the
# namespace steepest::<name>, and adds it to steepest_core. Where nm is at hand, the object is checked: it may define
# symbols of its own namespace only (the linker would merge others with those of another instruction set, and a CPU could
# meet code that it can't run), and nothing that runs at start-up.
function(add_kernel_isa name registers)
  set(target steepest_kernels_${name})
  add_library(${target} OBJECT cpp/kernels/kernels.cpp)
  target_compile_definitions(${target} PRIVATE
    STEEPEST_ISA=${name}
    STEEPEST_VEC_HEADER="vec/${name}.hpp"
    STEEPEST_VECTOR_REGISTERS=${registers})
  if(MSVC)
    set(flags ${ARGN} /O2 /fp:precise)
  else()
    set(flags -O3 -ffp-contract=off -fno-math-errno -fno-exceptions -fno-rtti ${ARGN})
    if(STEEPEST_SANITIZE)
      list(PREPEND flags -O1)  # instrumented code takes the optimiser minutes
      list(REMOVE_ITEM flags -O3)
    endif()
  endif()
  target_compile_options(${target} PRIVATE ${flags})
  target_link_libraries(${target} PRIVATE steepest_warnings)
  # No link-time optimisation: it would let the linker mix code of different instruction sets.
  set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
  target_sources(steepest_core PRIVATE $<TARGET_OBJECTS:${target}>)
  target_compile_definitions(steepest_core PRIVATE STEEPEST_HAS_${name})
  set_property(TARGET steepest_core APPEND PROPERTY STEEPEST_KERNELS ${target})

  if(CMAKE_NM AND NOT MSVC AND NOT STEEPEST_SANITIZE)
    set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${target}.checked)
    add_custom_command(
      OUTPUT ${stamp}
      COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DOBJECT=$<TARGET_OBJECTS:${target}> -DNAMESPACE=${name}
              -DSTAMP=${stamp} -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/check_isa_object.cmake
      DEPENDS ${target} $<TARGET_OBJECTS:${target}>
      COMMENT "Checking the symbols of the ${name} kernels")
    add_custom_target(check_${target} ALL DEPENDS ${stamp})
    add_dependencies(steepest_core check_${target})
  endif()

  string(JOIN " " joined ${ARGN})
  set(STEEPEST_KERNEL_FLAGS "${STEEPEST_KERNEL_FLAGS}[${name}: ${joined}]" PARENT_SCOPE)
endfunction()
