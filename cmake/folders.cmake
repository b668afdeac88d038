# gather_add_folders(types storage ...): the library gather_<folder> per folder, linked publicly to the one before it.
# A folder without sources becomes an INTERFACE library, so that the house configures while rooms are empty.

# Kernels compiled for one instruction set carry it in their names. Nothing else may be included from elsewhere in such a
# file than headers without inline functions that other files use too: the linker would pick either copy.
set(GATHER_FLAGS_sse42 -msse4.2 -mpopcnt)
set(GATHER_FLAGS_avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2 -mlzcnt)
set(GATHER_FLAGS_avx512 -mavx512f -mavx512cd -mavx512dq -mavx512bw -mavx512vl -mfma -mf16c -mbmi -mbmi2 -mlzcnt)

function(gather_set_kernel_flags)
  foreach(source IN LISTS ARGN)
    foreach(set IN ITEMS sse42 avx2 avx512)
      if(source MATCHES "_${set}\\.cc$")
        set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS "${GATHER_FLAGS_${set}}")
      endif()
    endforeach()
  endforeach()
endfunction()

function(gather_add_folders)
  set(below gather_dependencies)
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cc" "${CMAKE_SOURCE_DIR}/${folder}/*.c")
    list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/server/main.cc")
    if(sources)
      gather_set_kernel_flags(${sources})
      add_library(gather_${folder} STATIC ${sources})
      target_link_libraries(gather_${folder} PUBLIC ${below})
      if(folder STREQUAL "sql")
        target_link_libraries(gather_${folder} PRIVATE pg_raw_parser)
      endif()
    else()
      add_library(gather_${folder} INTERFACE)
      target_link_libraries(gather_${folder} INTERFACE ${below})
    endif()
    set(below gather_${folder})
  endforeach()
endfunction()

# The executable `gatherdb`, once server/main.cc exists.
function(gather_add_server)
  file(GLOB main CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/server/main.cc")
  if(main)
    add_executable(gatherdb ${main})
    target_link_libraries(gatherdb PRIVATE gather_server gather_malloc)
    target_compile_definitions(gatherdb PRIVATE GATHER_VERSION="${PROJECT_VERSION}")
  endif()
endfunction()
