# Palavras simples e corteses.
language-label = Idioma
skip = Ir para o conteúdo
account = Conta
your-account = Sua conta
queue = Fila
switch-theme = Alternar entre tema claro e escuro
sign-out = Sair
things-to-fix = { $count ->
    [one] Um item a corrigir
   *[other] { $count } itens a corrigir
}
errors = Erros

sign-in = Entrar
sign-in-to = Entrar em { $name }
email = E-mail
password = Senha
does-not-match = Não confere. Verifique a tecla Caps Lock.
no-password = Sem senha, ou esqueceu? A administração dá uma nova.
not-signed-in = <b>Você não entrou.</b> Verifique o e-mail e a <a>senha</a>. Nada está bloqueado.
wait-seconds = <b>Você não entrou.</b> Houve tentativas demais. Aguarde { $count ->
    [one] 1 segundo
   *[other] { $count } segundos
} e tente de novo. Nada está bloqueado.
wait-minutes = <b>Você não entrou.</b> Houve tentativas demais. Aguarde { $count ->
    [one] 1 minuto
   *[other] { $count } minutos
} e tente de novo. Nada está bloqueado.
first-run = Ninguém pode entrar ainda
first-run-title = Primeira execução
first-run-words = Esta instância não tem administrador. Na máquina em que ela roda, com os mesmos dados, execute:
first-run-then = Ele pede uma senha. Depois recarregue esta página.
load-again = Recarregar

start-page = Ir para a página inicial
error-title = { $kind ->
    [forbidden] Isto não cabe a você
    [missing] Não há nada aqui
    [changed] Mudou nesse meio-tempo
    [large] É grande demais
    [throttled] Tentativas demais
    [busy] O servidor está ocupado
    [failed] Algo falhou aqui
   *[other] Não funcionou
}
error-words = { $kind ->
    [forbidden] Sua conta não pode fazer isto. Pergunte à administração se precisar.
    [missing] Não há nada neste endereço, ou você não pode vê-lo. Verifique o endereço ou faça uma busca.
    [changed] Alguém mudou no mesmo momento. Veja como está agora e tente de novo.
    [large] O que foi enviado é maior do que este formulário aceita. Os arquivos podem ter 25 MB cada.
    [throttled] Aguarde um pouco e tente de novo. Nada está bloqueado.
    [busy] Nada do que foi gravado se perdeu. Tente de novo em alguns segundos.
    [method] Este endereço não aceita o que foi enviado. Volte e tente pela página.
    [failed] Está anotado no registro. O que foi gravado está seguro. Tente de novo e avise a administração se continuar.
   *[other] Não foi possível entender o pedido. Volte e tente de novo.
}
