# Compiler flags of all our code, as one interface target: vole_flags.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_library(vole_flags INTERFACE)

target_compile_definitions(vole_flags INTERFACE
	_GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(vole_flags INTERFACE
	-Wall -Wextra -Wformat=2 -Werror=format-security -Wvla -Wshadow
	$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
	$<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
	-fstack-protector-strong
	# The same binary wherever the project lies.
	"-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
target_link_options(vole_flags INTERFACE -Wl,--as-needed -Wl,-z,relro)

if(VOLE_WERROR)
	target_compile_options(vole_flags INTERFACE -Werror)
endif()

if(VOLE_SANITIZE)
	target_compile_options(vole_flags INTERFACE
		-fsanitize=${VOLE_SANITIZE} -fno-sanitize-recover=all
		-fno-omit-frame-pointer)
	target_link_options(vole_flags INTERFACE -fsanitize=${VOLE_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
	# Fortify needs optimisation, and hides bugs from the sanitizers.
	target_compile_options(vole_flags INTERFACE
		-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

if(VOLE_FUZZ)
	target_compile_options(vole_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
