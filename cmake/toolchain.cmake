# Compiler settings, and the optional tools that make a build faster: ccache and mold.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# -g1: backtraces with lines; a quarter less to compile than -g. For a debugger: cmake --preset dev -DGATHER_DEBUG_INFO=-g
set(GATHER_DEBUG_INFO "-g1" CACHE STRING "Debug information of Debug builds")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 ${GATHER_DEBUG_INFO}")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O0 ${GATHER_DEBUG_INFO}")
set(CMAKE_C_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_link_options(-Wl,--as-needed)

add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -fdiagnostics-color=auto)
# Any x86-64 machine of the last fifteen years; wider kernels are compiled per file (cmake/folders.cmake) and chosen at run time.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(GATHER_MARCH "x86-64-v2" CACHE STRING "-march of everything but the per-file kernels")
  add_compile_options(-march=${GATHER_MARCH})
endif()

# GATHER_SANITIZE: empty, "address" (with undefined) or "thread".
set(GATHER_SANITIZE "" CACHE STRING "Sanitizers: address, thread, or none")
if(GATHER_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(GATHER_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
