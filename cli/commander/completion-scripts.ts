/** Shell → its completion script. Each script calls `drey completion --line` for the completions. */
export const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion of drey: source <(drey completion bash)
_drey() {
  local line=\${COMP_LINE:0:COMP_POINT}
  local word=\${line##*[[:space:]]}
  local breaks=\${COMP_WORDBREAKS//[^=:]/} kept=
  if [[ $breaks ]]; then kept=\${word%"\${word##*[$breaks]}"}; fi # bash replaces only the text after these
  mapfile -t COMPREPLY < <(drey completion --line "$line" 2>/dev/null)
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
}
complete -o default -F _drey drey
`,
  zsh: `#compdef drey
# zsh completion of drey: source <(drey completion zsh)
_drey() {
  local -a found
  found=(\${(f)"$(drey completion --line "$LBUFFER" 2>/dev/null)"})
  if (( \${#found} == 0 )); then
    _files
  else
    compadd -S '' -- \${(M)found:#*=}
    compadd -- \${found:#*=}
  fi
}
compdef _drey drey
`,
  fish: `# fish completion of drey: drey completion fish | source
function __drey_complete
    set -l found (drey completion --line (commandline --cut-at-cursor | string collect --allow-empty) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline --current-token)
    end
end
complete --command drey --no-files --arguments '(__drey_complete)'
`,
};
