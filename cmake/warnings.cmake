# What the project's own code is compiled with; kept off headers of others.
add_library(steepest_warnings INTERFACE)
if(MSVC)
  target_compile_options(steepest_warnings INTERFACE /W4 $<$<BOOL:${STEEPEST_WERROR}>:/WX>)
else()
  target_compile_options(steepest_warnings INTERFACE -Wall -Wextra -Wconversion -Wno-sign-conversion
                         $<$<BOOL:${STEEPEST_WERROR}>:-Werror>)
endif()
