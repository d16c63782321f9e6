# vole-lldb.so, a plugin for lldb 14 to 22.
#
# It is not linked to liblldb: the symbols come from the lldb that loads it,
# whatever its version. They are bound when first called (-z lazy), because the
# constructor must first make a privately loaded liblldb visible.

find_path(VOLE_LLDB_INCLUDE lldb/API/LLDB.h PATHS
	/usr/lib/llvm-19/include /usr/lib/llvm-16/include
	/usr/lib/llvm-15/include /usr/lib/llvm-14/include)

if(lldb_sources AND vole_libs AND NOT VOLE_LLDB_INCLUDE)
	message(STATUS "no lldb/API/LLDB.h (liblldb-19-dev): no lldb plugin")
elseif(lldb_sources AND vole_libs)
	add_library(vole_lldb MODULE ${lldb_sources})
	set_target_properties(vole_lldb PROPERTIES
		OUTPUT_NAME vole-lldb PREFIX "" SUFFIX ".so")
	target_compile_options(vole_lldb PRIVATE
		-fno-exceptions -fno-rtti)
	target_compile_definitions(vole_lldb PRIVATE
		VOLE_VERSION="${PROJECT_VERSION}")
	target_include_directories(vole_lldb SYSTEM PRIVATE
		"${VOLE_LLDB_INCLUDE}")
	target_link_libraries(vole_lldb PRIVATE ${vole_libs})
	set(map "${CMAKE_CURRENT_LIST_DIR}/lldb.map")
	target_link_options(vole_lldb PRIVATE
		-Wl,-z,lazy "-Wl,--version-script=${map}")
	set_target_properties(vole_lldb PROPERTIES LINK_DEPENDS "${map}")

	install(TARGETS vole_lldb
	        LIBRARY DESTINATION lib/vole)
endif()
