# vole.abi3.so, a Python module for whatever Python is inside gdb.
#
# It uses the limited API of Python 3.6 and does not link libpython: gdb has
# it in its process already.

# find_package(Python3) would answer with a pyenv; any Python.h of the system
# will do, since the limited API is the same in all of them.
if(NOT VOLE_PYTHON_INCLUDE)
	file(GLOB dirs /usr/include/python3.*)
	find_path(VOLE_PYTHON_INCLUDE Python.h PATHS ${dirs}
	          NO_DEFAULT_PATH NO_CMAKE_PATH)
endif()
if(NOT VOLE_PYTHON_INCLUDE)
	find_program(GDB_PROGRAM gdb)
	if(GDB_PROGRAM)
		execute_process(COMMAND "${GDB_PROGRAM}" -nx -batch -ex
			"python import sysconfig; print(sysconfig.get_path('include'))"
			OUTPUT_VARIABLE dir OUTPUT_STRIP_TRAILING_WHITESPACE
			ERROR_QUIET)
		find_path(VOLE_PYTHON_INCLUDE Python.h PATHS "${dir}"
		          NO_DEFAULT_PATH)
	endif()
endif()

if(gdb_sources AND vole_libs AND NOT VOLE_PYTHON_INCLUDE)
	message(STATUS "no Python.h (libpython3-dev): no gdb plugin")
elseif(gdb_sources AND vole_libs)
	add_library(vole_gdb MODULE ${gdb_sources})
	set_target_properties(vole_gdb PROPERTIES
		OUTPUT_NAME vole PREFIX "" SUFFIX ".abi3.so")
	target_compile_definitions(vole_gdb PRIVATE
		Py_LIMITED_API=0x03060000
		VOLE_VERSION="${PROJECT_VERSION}")
	target_include_directories(vole_gdb SYSTEM PRIVATE
		"${VOLE_PYTHON_INCLUDE}")
	target_link_libraries(vole_gdb PRIVATE ${vole_libs})
	set(map "${CMAKE_CURRENT_LIST_DIR}/gdb.map")
	target_link_options(vole_gdb PRIVATE "-Wl,--version-script=${map}")
	set_target_properties(vole_gdb PROPERTIES LINK_DEPENDS "${map}")
	configure_file("${CMAKE_CURRENT_LIST_DIR}/vole-gdb.py"
	               "${CMAKE_BINARY_DIR}/vole-gdb.py" COPYONLY)

	install(TARGETS vole_gdb
	        LIBRARY DESTINATION lib/vole)
	install(FILES "${CMAKE_BINARY_DIR}/vole-gdb.py"
	        DESTINATION lib/vole)
endif()
